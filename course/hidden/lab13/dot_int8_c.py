"""Hidden cases of dot_int8_c, lab 13, and answers to it."""

from course.answers import edit
from labsupport.checks.lab13.dot_int8_c import ask_dot, judge_dot, run_dot
from labsupport.checks.protocol import Case


def inputs_drawn(seed: int) -> tuple:
    import torch

    generator = torch.Generator().manual_seed(seed)
    n = (576, 31, 1)[seed]
    return tuple(torch.randint(-128, 128, (n,), generator=generator, dtype=torch.int8) for _ in range(2))


def inputs_nothing() -> tuple:
    import torch

    return torch.zeros(0, dtype=torch.int8), torch.zeros(0, dtype=torch.int8)


def inputs_largest() -> tuple:
    import torch

    return torch.full((2304,), -128, dtype=torch.int8), torch.full((2304,), -127, dtype=torch.int8)


CASES = (
    Case("other vectors", inputs_drawn, judge_dot, ask_dot, seeds=3, then=run_dot),
    Case("no products", inputs_nothing, judge_dot, ask_dot, then=run_dot),
    Case("the largest sum", inputs_largest, judge_dot, ask_dot, then=run_dot),
)

WRONG_ANSWERS = {
    "sum-of-16-bits": edit("int32_t sum = 0", "int16_t sum = 0"),
    "sum-of-8-bits": edit("int32_t sum = 0", "int8_t sum = 0"),
    "products-of-8-bits": edit("sum += a[i] * b[i];", "{ int8_t p = a[i] * b[i]; sum += p; }"),
    "drops-the-rest": edit(
        "i < count; i++)\n        sum += a[i] * b[i]",
        "i + 4 <= count; i += 4) for (int j = i; j < i + 4; j++) sum += a[j] * b[j]",
    ),
    "starts-at-one": edit("int i = 0", "int i = 1"),
    "stops-early": edit("i < count", "i < count - 1"),
    "outside-its-arrays": edit("i < count", "i <= count"),
    "outside-its-arrays, four at a time": edit(
        "i++)\n        sum += a[i] * b[i]", "i += 4) for (int j = i; j < i + 4; j++) sum += a[j] * b[j]"
    ),
    "does-not-compile": edit("return sum;", "return sum"),
    "does-not-compile, another signature": edit("int32_t dot_int8(const int8_t *a", "float dot_int8(const int8_t *a"),
    "does-not-compile, never set": edit("int32_t sum = 0", "int32_t sum"),
    "never-ends": edit("i++)\n        sum += a[i] * b[i]", '){ sum += a[i] * b[i]; __asm__ volatile(""); }'),
    "x-without-sign": edit("sum += a[i] * b[i]", "sum += ((const uint8_t *)a)[i] * b[i]"),
    "does-not-compile, a library": edit(
        "    int32_t sum = 0;", "    int32_t sum = 0;\n    extern int printf(const char *, ...);\n    printf(0);"
    ),
    "wrong-sum, it saturates": edit("return sum;", "return sum > 32767 ? 32767 : sum;"),
}

READERS_WRONG_ANSWERS = {
    "sum-of-16-bits, since a product fits": '''
def dot_int8_c() -> str:
    return """
    int32_t dot_int8(const int8_t *x, const int8_t *w, int n) {
        short acc = 0;
        int i;
        for (i = 0; i < n; ++i)
            acc = acc + (short)x[i] * (short)w[i];
        return acc;
    }
    """
''',
    "outside-its-arrays, a loop that counts down from n": '''
def dot_int8_c() -> str:
    return """
    int32_t dot_int8(const int8_t *x, const int8_t *w, int n) {
        int32_t acc = 0;
        while (n >= 0) {
            acc += x[n] * w[n];
            n--;
        }
        return acc;
    }
    """
''',
    "does-not-compile, Python's words": '''
def dot_int8_c() -> str:
    return """
    int32_t dot_int8(const int8_t *x, const int8_t *w, int n) {
        int32_t acc = 0
        for (int i in n) acc += x[i] * w[i];
        return acc;
    }
    """
''',
}

RIGHT_ANSWERS = {
    "pointers": '''
def dot_int8_c():
    return """int32_t dot_int8(const int8_t *x, const int8_t *w, int n) {
    int32_t sum = 0;
    while (n-- > 0) sum += *x++ * *w++;
    return sum;
}"""
''',
    "four at a time and the rest": '''
def dot_int8_c():
    return """int32_t dot_int8(const int8_t *x, const int8_t *w, int n) {
    int32_t a = 0, b = 0, c = 0, d = 0;
    int i = 0;
    for (; i + 4 <= n; i += 4) {
        a += x[i] * w[i], b += x[i + 1] * w[i + 1];
        c += x[i + 2] * w[i + 2], d += x[i + 3] * w[i + 3];
    }
    for (; i < n; i++) a += x[i] * w[i];
    return a + b + c + d;
}"""
''',
    "smlad": '''
def dot_int8_c():
    return """#include <stdint.h>
typedef uint32_t __attribute__((may_alias, aligned(1))) loose;
int32_t dot_int8(const int8_t *x, const int8_t *w, int n) {
    int32_t sum = 0;
    for (; n >= 4; n -= 4, x += 4, w += 4) {
        uint32_t u = *(const loose *)x, v = *(const loose *)w, a, b;
        __asm__("sxtb16 %0, %2; sxtb16 %1, %3" : "=&r"(a), "=&r"(b) : "r"(u), "r"(v));
        __asm__("smlad %0, %1, %2, %0" : "+r"(sum) : "r"(a), "r"(b));
        __asm__("sxtb16 %0, %2, ror #8; sxtb16 %1, %3, ror #8" : "=&r"(a), "=&r"(b) : "r"(u), "r"(v));
        __asm__("smlad %0, %1, %2, %0" : "+r"(sum) : "r"(a), "r"(b));
    }
    while (n-- > 0) sum += *x++ * *w++;
    return sum;
}"""
''',
}
