/* The window of one output pixel as one column of values. Outside the image stands the zero point, which means 0. */
typedef int32_t __attribute__((may_alias)) word_t;

static inline void copy(value_t *restrict to, const value_t *restrict from, int n) {
    int bytes = n * (int)sizeof(value_t);
    if (bytes % 4 == 0) /* then both are aligned: tensors and columns begin at multiples of four */
        for (int i = 0; i < bytes / 4; i++) ((word_t *)to)[i] = ((const word_t *)from)[i];
    else
        for (int i = 0; i < n; i++) to[i] = from[i];
}

static inline void fill(value_t *to, value_t value, int n) {
    for (int i = 0; i < n; i++) to[i] = value;
}

static void patch(const conv_t *p, const value_t *x, int oy, int ox, value_t *column) {
    int c = p->c, k = p->k, ix = ox * p->stride - p->pad, iy = oy * p->stride - p->pad;
    int left = ix < 0 ? -ix : 0, right = ix + k > p->wd ? ix + k - p->wd : 0, inside;
    if (left > k) left = k;
    if (right > k - left) right = k - left;
    inside = k - left - right;
    for (int ky = 0; ky < k; ky++, iy++, column += k * c) {
        if (iy < 0 || iy >= p->h) {
            fill(column, p->zx, k * c);
            continue;
        }
        fill(column, p->zx, left * c);
        copy(column + left * c, x + (iy * p->wd + ix + left) * c, inside * c);
        fill(column + (left + inside) * c, p->zx, right * c);
    }
}
