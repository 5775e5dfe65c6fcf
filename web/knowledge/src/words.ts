/** Every word of the page, in Chinese and English. */
import { ref } from "vue";
import { Refused } from "../../shared/http";
import type { Mistake } from "./api";

export type Lang = "zh" | "en";

const kept = localStorage.getItem("lang");
export const lang = ref<Lang>(
  kept === "zh" || kept === "en" ? kept : navigator.language.startsWith("zh") ? "zh" : "en",
);

const words = {
  title: ["知识库", "Knowledge base"],
  entries: ["问答", "Answers"],
  gaps: ["没答上的", "Unanswered"],
  files: ["导入导出", "Import, export"],
  account: ["账号", "Account"],
  sign_in: ["登录", "Sign in"],
  sign_out: ["退出", "Sign out"],
  password: ["密码", "Password"],
  first_password: [
    "首次登录的密码在启动时显示过，也在数据文件夹的 admin.password 里。",
    "The first password was shown at the start; it is also in admin.password in the data folder.",
  ],
  try_title: ["像顾客一样问一句", "Ask as a customer would"],
  try_hint: ["例如：满多少包邮？", "For example: is shipping free?"],
  ask: ["问", "Ask"],
  would_answer: ["会直接这样回答", "Would be answered so"],
  would_offer: ["拿不准，会问“您是想问…”", "Not sure: would offer these to choose from"],
  would_pass: ["会说不知道，可转人工，并记到“没答上的”", "Would say that it does not know, offer a person, and note it as unanswered"],
  sure: ["把握", "Certainty"],
  filter: ["在列表里找", "Find in the list"],
  all_categories: ["全部分类", "All categories"],
  new_entry: ["新问答", "New answer"],
  withdrawn: ["已下架", "Withdrawn"],
  live: ["在用", "Live"],
  nothing_found: ["没有找到。", "Nothing found."],
  shown: ["{n} 条", "{n} answers"],
  more: ["再显示一些", "Show more"],
  back: ["返回", "Back"],
  question: ["顾客会怎么问", "The question"],
  question_hint: ["写一句完整的问题", "One whole question"],
  answer: ["怎么回答", "The answer"],
  figures: ["插入会变的数字（价格、库存、营业时间、电话）", "Insert a live figure (price, stock, hours, phone)"],
  figures_hint: ["搜商品、服务或门店", "Look for a product, a service or a branch"],
  figures_of_shop: ["本店", "The shop"],
  insert: ["插入", "Insert"],
  seen_now: ["顾客现在会看到", "Customers would read now"],
  figure_missing: ["暂时读不到：{what}。回答里会说“暂时查不到”。", "Cannot be read just now: {what}. The answer will say so."],
  perhaps: ["应该是", "It should be"],
  answer_hint: ["顾客看到的就是这段原话", "Customers read exactly these words"],
  alternatives: ["其他问法", "Other ways to ask it"],
  alternatives_hint: ["一行一种", "One a line"],
  category: ["分类", "Category"],
  in_english: ["英文", "English"],
  scope: ["有效期和适用范围", "When and where it holds"],
  valid_from: ["从", "From"],
  valid_until: ["到", "Until"],
  branches: ["只用于这些门店（编号，逗号隔开）", "Only for these branches (codes, with commas)"],
  products: ["只用于这些商品（编号，逗号隔开）", "Only for these products (codes, with commas)"],
  bank: ["现成的问法", "Recorded ways to ask"],
  bank_hint: [
    "别的店的顾客也问同样的事。选中后，那些说法在您这里马上能用。",
    "Customers of other shops ask the same. Once chosen, all their ways of asking work here at once.",
  ],
  bank_auto: ["自动选择", "Choose by itself"],
  bank_auto_to: ["自动选择（现在是：{about}）", "Choose by itself (now: {about})"],
  bank_none: ["不用现成的问法", "Use none"],
  bank_count: ["{n} 种问法，例如：{examples}", "{n} phrasings, such as: {examples}"],
  check_publish: ["检查并发布", "Check and publish"],
  checking: ["正在用以前的问题试一遍…", "Trying it with past questions…"],
  publish: ["发布", "Publish"],
  publish_now: ["不等了，直接发布", "Do not wait, publish now"],
  keep_editing: ["继续修改", "Go on editing"],
  replay_title: ["发布以后会有什么变化", "What would change"],
  conflict: ["“{question}”另一条问答也在答", "“{question}” is answered elsewhere too"],
  contradiction: ["“{question}”另一条问答也在答，而且答案不一样", "“{question}” is answered elsewhere too, and differently"],
  look: ["看看那一条", "Look at it"],
  replay_same: [
    "试了 {n} 个问题，没有一个会换成别的回答。",
    "{n} questions tried; none gets another answer.",
  ],
  replay_moved: [
    "试了 {n} 个问题，{m} 个会换成别的回答：",
    "{n} questions tried; {m} get another answer:",
  ],
  replay_reworded: [
    "这 {m} 个问题还是由这一条回答，换成新的说法：",
    "These {m} are still answered here, in the new words:",
  ],
  asked_times: ["问过 {n} 次", "asked {n} times"],
  not_asked: ["还没人问过", "not asked yet"],
  before: ["现在", "Now"],
  after: ["以后", "Then"],
  no_answer: ["不回答", "not answered"],
  withdraw: ["下架", "Withdraw"],
  withdraw_title: ["下架以后会有什么变化", "What would change without it"],
  restore: ["重新上架", "Restore"],
  published: ["已发布，马上生效。", "Published: it is live."],
  withdrawn_done: ["已下架。", "Withdrawn."],
  restored: ["已恢复。", "Restored."],
  undo: ["撤销", "Undo"],
  undone: ["已撤销。", "Undone."],
  history: ["修改记录", "History"],
  go_back_to: ["恢复成这一版", "Go back to this"],
  now: ["当前", "now"],
  by_folder: ["商家资料", "merchant's files"],
  by_shop: ["店家", "the shop"],
  created: ["新建", "created"],
  edited: ["修改", "edited"],
  restored_by: ["恢复", "restored"],
  leave: ["有修改没有发布，确定离开？", "There are unpublished changes. Leave all the same?"],
  days: ["最近 {n} 天", "Last {n} days"],
  covered: ["自动答上", "Answered by itself"],
  of_asked: ["{n} 次里的 {m} 次", "{m} of {n}"],
  no_category: ["（没有相近的问答）", "(nothing near)"],
  by_category: ["按分类", "By category"],
  no_gaps: ["这段时间顾客问的都答上了。", "Everything that customers asked was answered."],
  nobody_asked: ["这段时间还没有顾客提问。", "No customer has asked anything yet."],
  times: ["{n} 次", "{n}×"],
  also_asked: ["也这样问", "Also asked as"],
  about: ["大概是问：{about}", "Probably about: {about}"],
  make_entry: ["写回答", "Write the answer"],
  add_to: ["并入已有的问答", "Same as an answer that is there"],
  add: ["并入", "Add"],
  added: ["已并入，马上生效。", "Added: it is live."],
  dismiss: ["不用管", "Dismiss"],
  dismissed: ["已忽略。", "Dismissed."],
  doubtful: ["答了，但好像没帮上忙", "Answered, but it seems not to have helped"],
  again: ["换个说法又问 {n} 次", "asked again in other words {n}×"],
  unhelpful: ["顾客说没解决 {n} 次", "said not to have helped {n}×"],
  lost: ["当时 {m} 人正在下单，{n} 人没下成", "{m} were ordering, {n} never did"],
  open_unknown: ["当时 {m} 人正在下单", "{m} were ordering"],
  persons: ["之后找了人工 {n} 次", "then wanted a person {n}×"],
  edit: ["修改", "Edit"],
  import: ["导入", "Import"],
  import_hint: [
    "CSV、Word（.docx）、网页或 Markdown 里的一张表格。第一行写列名，至少要有“问题”和“答案”。",
    "A table in a CSV, Word (.docx), HTML or Markdown file. Its first row names the columns: at least question and answer.",
  ],
  choose_file: ["选择文件", "Choose a file"],
  or_paste: ["或者把表格粘贴到这里", "Or paste the table here"],
  check_file: ["检查", "Check"],
  would_take: ["可以导入", "Ready to import"],
  counts: ["新增 {a} 条，修改 {b} 条，不变 {c} 条", "{a} new, {b} changed, {c} as they are"],
  confirm_import: ["确认导入", "Import now"],
  cancel: ["取消", "Cancel"],
  imported: ["导入好了，马上生效。", "Imported: it is live."],
  mistakes: ["有 {n} 处错误，什么都没有导入", "{n} mistakes; nothing was imported"],
  warnings: ["{n} 处提醒", "{n} things to look at"],
  row: ["行", "Row"],
  column: ["列", "Column"],
  problem: ["问题", "What is wrong"],
  should_be: ["应该是", "What would be right"],
  export: ["导出", "Export"],
  export_hint: [
    "所有在用的问答。改好以后可以原样导回来。",
    "Every live answer. Edit the file and import it again.",
  ],
  your_name: ["您的名字（写进修改记录）", "Your name (for the history)"],
  new_password: ["新密码（至少 10 个字符）", "New password (at least 10 characters)"],
  change_password: ["修改密码", "Change the password"],
  password_changed: ["密码已修改，其他设备要重新登录。", "Changed. Other devices must sign in again."],
  save: ["保存", "Save"],
  saved: ["已保存。", "Saved."],
  loading: ["加载中…", "Loading…"],
  error_wrong_password: ["密码不对。", "This is not the password."],
  error_locked: ["错了太多次，请 {minutes} 分钟后再试。", "Too many misses. Try again in {minutes} minutes."],
  error_changed_meanwhile: [
    "有人刚刚改过这条（{by}）。请先重新打开再改。",
    "Somebody ({by}) has just changed this. Open it again first.",
  ],
  error_offline: ["连不上，请检查网络后再试。", "No connection. Please try again."],
  error_too_large: ["文件太大。", "The file is too large."],
  error_unavailable: ["知识库暂时没有应答，请稍后再试。", "The knowledge base does not answer. Please try again."],
  error_too_many: ["问答太多，没法先试一遍；可以直接发布。", "Too many answers to try it first. You can publish all the same."],
  error_invalid: ["问题和答案都要填写（中文或英文），不能有网页代码。", "A question and its answer are needed, as plain text."],
  error_placeholder: ["{found} 不对。{right}", "{found} is not right: {right}"],
  error_other: ["没有成功，请再试一次。", "That did not work. Please try again."],
} as const satisfies Record<string, readonly [string, string]>;

export type Word = keyof typeof words;

/** The words in the page's language, with `{name}` filled in. */
export function t(word: Word, values: Record<string, string | number> = {}): string {
  const text: string = words[word][lang.value === "zh" ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}

export function setLang(next: Lang): void {
  lang.value = next;
  localStorage.setItem("lang", next);
  document.documentElement.lang = next;
}

/** What went wrong, for the person at the page. */
export function explain(error: unknown): string {
  if (!(error instanceof Refused)) return t("error_other");
  const details = error.details as Record<string, string | number>;
  const minutes = Math.ceil(Number(details.seconds ?? 0) / 60);
  const word = `error_${error.code}`;
  const [wrong] = (error.details.mistakes ?? []) as Mistake[];
  const values = { found: wrong?.found ?? "", right: wrong?.right[lang.value] ?? "" };
  if (word in words) return t(word as Word, { by: String(details.by ?? ""), minutes, ...values });
  return error.message || t("error_other");
}

/** Who made a change, as people read it. */
export function who(by: string): string {
  return by === "folder" ? t("by_folder") : by === "shop" ? t("by_shop") : by;
}

/** A column of a file as the page calls it. */
export function columnName(column: string | null): string {
  const known: Record<string, string> = {
    category: t("category"),
    question_zh: t("question"),
    answer_zh: t("answer"),
    question_en: `${t("question")} (${t("in_english")})`,
    answer_en: `${t("answer")} (${t("in_english")})`,
    alt_questions: t("alternatives"),
  };
  return column ? (known[column] ?? column) : "";
}

/** A moment as people read it. */
export function when(iso: string): string {
  return new Date(iso).toLocaleString(lang.value === "zh" ? "zh-CN" : "en", {
    dateStyle: "medium",
    timeStyle: "short",
  });
}
