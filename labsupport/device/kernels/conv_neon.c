/* Convolution by im2col on vectors: four pixels and four output channels at a time, so that 8 loads serve 16 products of
   vectors. The loop is the same for both types; neon.h and neon_f32.h say what a vector and a product are.
   The exporter stores the weights in fours: a vector of each of four channels, then the next vector of each. */

/* The sums of four pixels (columns) and four output channels; total[j] holds those of pixel j. */
static inline void dot_4x4(const value_t *const column[4], const value_t *w, int row, sums_t total[4]) {
    sums_t acc[4][4] = {0};
#pragma unroll UNROLL
    for (int i = 0; i < row; i += LANES, w += 4 * LANES) {
        values_t x[4];
        for (int j = 0; j < 4; j++) x[j] = load(column[j] + i);
        for (int o = 0; o < 4; o++) {
            values_t weights = load(w + o * LANES);
            for (int j = 0; j < 4; j++) acc[j][o] = dot(acc[j][o], x[j], weights);
        }
    }
    for (int j = 0; j < 4; j++) total[j] = across(acc[j]);
}

static void conv(const conv_t *layer, const value_t *x, value_t *y) {
    const conv_t p[1] = {*layer}; /* a copy, which no store to y can change */
    value_t columns[4 * WIDEST] __attribute__((aligned(16))), spare[4][4];
    int n = p->k * p->k * p->c, row = p->row & -LANES, pixels = p->oh * p->ow;
    for (int j = 0; j < 4; j++)
        for (int i = n; i < row; i++) columns[j * WIDEST + i] = 0;
    for (int q = 0; q < pixels; q += 4) { /* where fewer than four are left, the last one is computed again */
        const value_t *column[4];
        value_t *pixel[4], *out[4];
        for (int j = 0; j < 4; j++) {
            int at = q + j < pixels ? q + j : pixels - 1, oy = at / p->ow, ox = at % p->ow;
            column[j] = columns + j * WIDEST, pixel[j] = y + at * p->o;
            if (p->k == 1 && n == row) /* a pixel is a column already */
                column[j] = x + (oy * p->wd + ox) * p->stride * p->c;
            else
                patch(p, x, oy, ox, columns + j * WIDEST);
        }
        for (int o = 0; o < p->o; o += 4) {
            sums_t total[4];
            int left = p->o - o; /* the last channels may be fewer than four */
            dot_4x4(column, p->w + o * row, row, total);
            for (int j = 0; j < 4; j++) out[j] = left < 4 ? spare[j] : pixel[j] + o;
            finish_4x4(p, o, total, out);
            for (int j = 0; left < 4 && j < 4; j++)
                for (int i = 0; i < left; i++) pixel[j][o + i] = spare[j][i];
        }
    }
}
