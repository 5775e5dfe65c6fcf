/** What the desk, the bot and the log name by a word of their own: Chinese, English. */
export const reasons = {
  reason_asked: ["顾客要求", "Asked for a person"],
  reason_keyword: ["说到了关键词", "A keyword"],
  reason_anger: ["顾客生气了", "Angry customer"],
  reason_not_understood: ["几次没听懂", "Not understood repeatedly"],
  reason_loop: ["在绕圈", "Going in circles"],
  reason_complex: ["事情复杂", "Complex"],
  reason_order_value: ["大额订单", "Large order"],
  reason_safety: ["安全问题", "Safety"],
  reason_backend: ["后台故障", "Backend failure"],
  reason_rating: ["评分低", "Bad rating"],
  task_order: ["下单", "Order"],
  task_book: ["预约", "Appointment"],
  task_appointment: ["预约", "Appointment"],
  task_complaint: ["投诉", "Complaint"],
  task_fault: ["故障", "Fault"],
  task_callback: ["回电", "Call-back"],
} as const;
