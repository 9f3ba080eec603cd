/* Convolution by im2col with dual MACs: two pixels and two output channels at a time, so that 16 products take 4 loads,
   8 sign extensions and 8 smlad. sxtb16 splits a word into bytes 0 and 2, and after a rotation into bytes 1 and 3; both
   operands are split alike, so the order within a word does not matter. In assembly, since the loop takes all registers.
   x: one pixel's column, the other's lies WIDEST bytes further; acc: pixel 0 channel 0, 0 1, 1 0, 1 1. */
__attribute__((noinline)) static void dot_4(const int8_t *x, const int8_t *w0, const int8_t *w1, int n, int32_t *acc) {
    int32_t a00 = acc[0], a01 = acc[1], a10 = acc[2], a11 = acc[3], ue, uo, ve, vo, f, t;
    __asm__("1: ldr %[vo], [%[x], %[other]] \n ldr %[uo], [%[x]], #4 \n"
            "sxtb16 %[ue], %[uo] \n sxtb16 %[uo], %[uo], ror #8 \n sxtb16 %[ve], %[vo] \n sxtb16 %[vo], %[vo], ror #8 \n"
            "ldr %[f], [%[w0]], #4 \n sxtb16 %[t], %[f] \n sxtb16 %[f], %[f], ror #8 \n"
            "smlad %[a00], %[ue], %[t], %[a00] \n smlad %[a10], %[ve], %[t], %[a10] \n"
            "smlad %[a00], %[uo], %[f], %[a00] \n smlad %[a10], %[vo], %[f], %[a10] \n"
            "ldr %[f], [%[w1]], #4 \n sxtb16 %[t], %[f] \n sxtb16 %[f], %[f], ror #8 \n"
            "smlad %[a01], %[ue], %[t], %[a01] \n smlad %[a11], %[ve], %[t], %[a11] \n"
            "smlad %[a01], %[uo], %[f], %[a01] \n smlad %[a11], %[vo], %[f], %[a11] \n"
            "subs %[n], #4 \n bgt 1b"
            : [x] "+r"(x), [w0] "+r"(w0), [w1] "+r"(w1), [n] "+r"(n), [a00] "+r"(a00), [a01] "+r"(a01), [a10] "+r"(a10),
              [a11] "+r"(a11), [ue] "=&r"(ue), [uo] "=&r"(uo), [ve] "=&r"(ve), [vo] "=&r"(vo), [f] "=&r"(f), [t] "=&r"(t)
            : [other] "i"(WIDEST) : "cc", "memory");
    acc[0] = a00, acc[1] = a01, acc[2] = a10, acc[3] = a11;
}

static void conv(const conv_t *p, const int8_t *x, int8_t *y) {
    int8_t columns[2 * WIDEST] __attribute__((aligned(4)));
    int n = p->k * p->k * p->c, pixels = p->oh * p->ow;
    for (int i = n; i < p->row; i++) columns[i] = columns[WIDEST + i] = 0;
    for (int q = 0; q < pixels; q += 2) { /* an odd last pixel or channel is computed twice and written twice */
        int both[2] = {q, q + 1 < pixels ? q + 1 : q};
        for (int i = 0; i < 2; i++) patch(p, x, both[i] / p->ow, both[i] % p->ow, columns + i * WIDEST);
        for (int o = 0; o < p->o; o += 2) {
            int o2 = o + 1 < p->o ? o + 1 : o;
            int32_t acc[4] = {p->b[o], p->b[o2], p->b[o], p->b[o2]};
            dot_4(columns, p->w + o * p->row, p->w + o2 * p->row, p->row, acc);
            y[both[0] * p->o + o] = finish(p, o, acc[0]);
            y[both[0] * p->o + o2] = finish(p, o2, acc[1]);
            y[both[1] * p->o + o] = finish(p, o, acc[2]);
            y[both[1] * p->o + o2] = finish(p, o2, acc[3]);
        }
    }
}
