import type { Failure } from "./api";
import type { Language, Status } from "./contract";

/** Every word of the interface. What the shop or the assistant says comes from the desk. */
const chinese = {
  nightMark: "夜班",
  openChat: "打开聊天",
  closeChat: "收起聊天",
  unread: (count: number) => `${count} 条新消息`,
  messages: "聊天记录",
  input: "说说您需要什么…",
  send: "发送",
  otherLanguage: "English",
  switchLanguage: "Switch to English",
  typing: "正在回复",
  personTyping: (name: string) => `${name}正在输入`,
  read: "已读",
  sending: "发送中",
  retry: "重新发送",
  edit: "改一改",
  agent: "值班同事",
  you: "您",
  assistant: "助手",
  photo: "图片",
  expired: "上次的对话已结束，这里是新的对话。",
  reconnecting: "网络断了，正在重新连接。您写的内容都还在。",
  offline: "正在重新连接",
  greetingFallback: "您好，需要什么直接告诉我。",
  footer: "7×24 小时接单",
  status: {
    bot: "在线 · 随时下单",
    waiting: "正在为您转接同事",
    human: "值班同事为您服务",
    closed: "在线 · 随时下单",
    failed: "暂时不太顺畅，消息都已记下",
  } satisfies Record<Status, string>,
  people: {
    named: (name: string) => `${name}（人工）`,
    isHere: "正在为您服务",
    waiting: "正在为您转接同事",
    next: "您是下一位",
    ahead: (count: number) => `前面还有 ${count} 位`,
    about: (minutes: number) => `大约 ${minutes} 分钟`,
    meanwhile: "等的时候，助手接着为您服务",
    withdraw: "回到助手",
    rate: (name: string) => `${name}的服务怎么样？`,
    stars: (count: number) => `${count} 颗星`,
    reason: "想说点什么？（可不填）",
    send: "提交",
    leave: "先不评",
    notTaken: "没提交上，请再试一次。",
  },
  failures: {
    offline: "没发出去：网络断了。",
    broken: "没发出去：店里的系统正忙。",
    limited: "发得有点快，请稍等几秒再发。",
    expired: "没发出去：对话已过期。",
    too_long: "这条太长了，请分成几条发。",
    refused: "这条没能收下，请换个说法。",
  } satisfies Record<Failure, string>,
};

export type Strings = typeof chinese;

const english: Strings = {
  nightMark: "Night shift",
  openChat: "Open chat",
  closeChat: "Close chat",
  unread: (count) => `${count} new ${count === 1 ? "message" : "messages"}`,
  messages: "Conversation",
  input: "Tell us what you need…",
  send: "Send",
  otherLanguage: "中文",
  switchLanguage: "切换到中文",
  typing: "Replying",
  personTyping: (name) => `${name} is typing`,
  read: "Read",
  sending: "Sending",
  retry: "Send again",
  edit: "Edit",
  agent: "Colleague on duty",
  you: "You",
  assistant: "Assistant",
  photo: "Picture",
  expired: "The last conversation has ended. This is a new one.",
  reconnecting: "The connection is lost; reconnecting. Nothing you wrote is gone.",
  offline: "Reconnecting",
  greetingFallback: "Hello! Just tell me what you need.",
  footer: "Orders around the clock",
  status: {
    bot: "Online · order at any hour",
    waiting: "Connecting you to a colleague",
    human: "A colleague is with you",
    closed: "Online · order at any hour",
    failed: "A little slow right now; your messages are kept",
  },
  people: {
    named: (name) => `${name} (our colleague)`,
    isHere: "is with you now",
    waiting: "Connecting you to a colleague",
    next: "You are next",
    ahead: (count) => `${count} ahead of you`,
    about: (minutes) => `about ${minutes} min`,
    meanwhile: "The assistant serves you in the meantime",
    withdraw: "Back to the assistant",
    rate: (name) => `How did ${name} do?`,
    stars: (count) => `${count} ${count === 1 ? "star" : "stars"}`,
    reason: "Anything to add? (optional)",
    send: "Send",
    leave: "Not now",
    notTaken: "That did not arrive. Please try again.",
  },
  failures: {
    offline: "Not sent: the connection is lost.",
    broken: "Not sent: the shop's system is busy.",
    limited: "That was quick. Please wait a few seconds and send it again.",
    expired: "Not sent: the conversation has expired.",
    too_long: "This message is too long. Please send it in parts.",
    refused: "This message could not be taken. Please put it another way.",
  },
};

export const strings: Record<Language, Strings> = { zh: chinese, en: english };

/** The first of the wishes (language tags, the visitor's choice first) that the shop speaks. */
export function chooseLanguage(
  wishes: readonly (string | undefined)[],
  spoken: readonly Language[] = ["zh", "en"],
): Language {
  for (const wish of wishes) {
    const language = wish?.toLowerCase().split("-")[0] as Language | undefined;
    if (language && spoken.includes(language)) return language;
  }
  return spoken[0] ?? "zh";
}
