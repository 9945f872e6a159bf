/** The same cases as the server's rules have (tests/common/test_masking.py), so that both say the same. */
import { describe, expect, test } from "vitest";
import { hasHidden, hideNumbers } from "../src/privacy";

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

function residentId(body: string): string {
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(body.charAt(place)), 0);
  return body + "10X98765432".charAt(sum % 11);
}

describe("personal numbers are hidden", () => {
  test.each(["", "身份证", "我的号码是 ", "ID:", "（"])("a resident ID after %j", (before) => {
    for (const body of ["11010519491231002", "33020020000229999", "65999919000101000"]) {
      const number = residentId(body);
      for (const after of ["", "，帮我查", " 谢谢", "）"]) {
        const shown = hideNumbers(before + number + after);
        expect(shown).toBe(`${before}${number.slice(0, 3)}${"*".repeat(13)}${number.slice(-2)}${after}`);
        expect(hasHidden(shown)).toBe(true);
      }
    }
  });

  test.each([
    ["110105 19491231 002X", "110*************2X"],
    ["１１０１０５１９４９１２３１００２Ｘ", "110*************2X"],
    ["11010519491231002x", "110*************2x"],
    ["110105194912310021", "110*************21"],
    ["110105491231002", "110**********02"],
    ["4111 1111 1111 1111", "************1111"],
    ["6222-0202-0011-2233-006", "6222-0202-0011-2233-006"],
    ["打我手机13812345678", "打我手机138****5678"],
    ["+86 138-1234-5678", "138****5678"],
    ["0571-87654321", "0571-********"],
    ["zhang.san@example.cn", "z***@example.cn"],
    ["邮箱zhang.san@example.cn", "邮箱z***@example.cn"],
    ["138123456781 13812345678", "138123456781 138****5678"],
  ])("%s", (text, shown) => {
    expect(hideNumbers(text)).toBe(shown);
    expect(hasHidden(shown)).toBe(shown !== text);
  });

  test.each([
    "发票号码24332000000123456789",
    "发票代码011001900111，号码12345678",
    "公告2026年第10号，销售额299999.99元",
    "税款所属期20260101至20260331",
    "拨打12366或12345",
    "工单TD20261124-0001",
    "统一社会信用代码91350100M000100Y43",
    "一年1200000000元",
    "１２３４",
  ])("%s survives", (text) => {
    expect(hideNumbers(text)).toBe(text);
    expect(hasHidden(text)).toBe(false);
  });

  test("hiding twice changes nothing", () => {
    const once = hideNumbers("110105194912310021，13812345678，0571-87654321，a@b.cn，4111111111111111");
    expect(hideNumbers(once)).toBe(once);
  });

  test("a long run of digits ends", () => {
    expect(hideNumbers("1".repeat(2_000))).toBe("1".repeat(2_000));
  });
});
