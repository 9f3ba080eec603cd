/* Depthwise convolution with dual MACs: four channels at a time, their sums in registers, two places of the window a
   step. The exporter stores the weights in pairs: of two places and two channels, [w(t, c), w(t, c+1), w(t+1, c),
   w(t+1, c+1)], so that sxtb16 gives both places of one channel. An odd last place has a weight of 0 beside it. */
typedef uint32_t __attribute__((may_alias, aligned(1))) loose_t; /* four bytes anywhere */

static inline uint32_t even(uint32_t v) { uint32_t r; __asm__("sxtb16 %0, %1" : "=r"(r) : "r"(v)); return r; }
static inline uint32_t odd(uint32_t v) { uint32_t r; __asm__("sxtb16 %0, %1, ror #8" : "=r"(r) : "r"(v)); return r; }
static inline uint32_t low(uint32_t a, uint32_t b) { uint32_t r; __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(r) : "r"(a), "r"(b)); return r; }
static inline uint32_t high(uint32_t a, uint32_t b) { uint32_t r; __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(r) : "r"(b), "r"(a)); return r; }
static inline int32_t dual(uint32_t a, uint32_t b, int32_t sum) { int32_t r; __asm__("smlad %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(sum)); return r; }

static void depthwise(const conv_t *p, const int8_t *x, int8_t *y) {
    int8_t border[WIDEST_DEPTHWISE + 3]; /* one pixel outside the image: zero points, which mean 0 */
    const int8_t *place[WIDEST_KERNEL];  /* the pixels of the window */
    int channels = p->c, taps = p->k * p->k, pairs = (taps + 1) / 2, halves = (channels + 1) / 2;
    for (int c = 0; c < channels; c++) border[c] = p->zx;
    for (int oy = 0; oy < p->oh; oy++)
        for (int ox = 0; ox < p->ow; ox++, y += channels) {
            int c = 0, t = 0;
            for (int ky = 0; ky < p->k; ky++)
                for (int kx = 0; kx < p->k; kx++) {
                    int iy = oy * p->stride - p->pad + ky, ix = ox * p->stride - p->pad + kx;
                    int inside = iy >= 0 && iy < p->h && ix >= 0 && ix < p->wd;
                    place[t++] = inside ? x + (iy * p->wd + ix) * channels : border;
                }
            place[t] = border; /* the partner of an odd last place; its weight is 0 */
            for (; c + 4 <= channels; c += 4) {
                int32_t a0 = p->b[c], a1 = p->b[c + 1], a2 = p->b[c + 2], a3 = p->b[c + 3];
                const int8_t *w = p->w + c * 2;
                for (t = 0; t < 2 * pairs; t += 2, w += 4 * halves) {
                    uint32_t u = *(const loose_t *)(place[t] + c), v = *(const loose_t *)(place[t + 1] + c);
                    uint32_t w0 = *(const loose_t *)w, w1 = *(const loose_t *)(w + 4);
                    uint32_t ue = even(u), uo = odd(u), ve = even(v), vo = odd(v);
                    a0 = dual(low(ue, ve), even(w0), a0), a1 = dual(low(uo, vo), odd(w0), a1);
                    a2 = dual(high(ue, ve), even(w1), a2), a3 = dual(high(uo, vo), odd(w1), a3);
                }
                y[c] = finish(p, c, a0), y[c + 1] = finish(p, c + 1, a1);
                y[c + 2] = finish(p, c + 2, a2), y[c + 3] = finish(p, c + 3, a3);
            }
            for (; c < channels; c++) {
                int32_t acc = p->b[c];
                for (t = 0; t < taps; t++)
                    acc += place[t][c] * p->w[(t / 2 * halves + c / 2) * 4 + t % 2 * 2 + c % 2];
                y[c] = finish(p, c, acc);
            }
        }
}
