/** Defines `<nightdesk-chat>` on the shop's own site; fetched by `widget.js`. */
import "./view/chat";
