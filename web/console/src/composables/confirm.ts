/** Asks once before something that cannot simply be undone. */
import { ElMessageBox } from "element-plus/es/components/message-box/index.mjs";

export async function confirmAction(title: string, text: string, verb: string): Promise<boolean> {
  try {
    await ElMessageBox.confirm(text, title, {
      confirmButtonText: verb,
      cancelButtonText: "取消",
      autofocus: true,
    });
    return true;
  } catch {
    return false;
  }
}

/** Asks for a reason in words; null when it was not given. */
export async function askReason(title: string, text: string, verb: string): Promise<string | null> {
  try {
    const { value } = await ElMessageBox.prompt(text, title, {
      confirmButtonText: verb,
      cancelButtonText: "取消",
      inputPattern: /\S/,
      inputErrorMessage: "请写明原因",
    });
    return value.trim();
  } catch {
    return null;
  }
}
