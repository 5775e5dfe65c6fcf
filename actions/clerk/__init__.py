"""What all capabilities share: the turn, the conversation's state, the cart, the wording."""
