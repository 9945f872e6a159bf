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
