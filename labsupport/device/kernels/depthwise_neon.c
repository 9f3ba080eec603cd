/* Depthwise convolution on vectors: 16 channels of a pixel at a time, their sums in registers. The same for both types. */

/* Where the pixels of a window lie; outside of the image stands the border. */
static inline void places(const conv_t *p, const value_t *x, int oy, int ox, const value_t *border, const value_t **place) {
    int k = p->k, top = oy * p->stride - p->pad, left = ox * p->stride - p->pad;
    const value_t *first = x + (top * p->wd + left) * p->c;
    if (top >= 0 && top + k <= p->h && left >= 0 && left + k <= p->wd) {
        for (int ky = 0; ky < k; ky++, first += p->wd * p->c)
            for (int kx = 0; kx < k; kx++) *place++ = first + kx * p->c;
        return;
    }
    for (int ky = 0; ky < k; ky++, first += p->wd * p->c)
        for (int kx = 0; kx < k; kx++) {
            int inside = top + ky >= 0 && top + ky < p->h && left + kx >= 0 && left + kx < p->wd;
            *place++ = inside ? first + kx * p->c : border;
        }
}

static void depthwise(const conv_t *layer, const value_t *x, value_t *y) {
    const conv_t p[1] = {*layer}; /* a copy, which no store to y can change */
    value_t border[WIDEST_DEPTHWISE]; /* one pixel outside the image: zero points, which mean 0 */
    const value_t *place[WIDEST_KERNEL];
    int channels = p->c, taps = p->k * p->k;
    for (int c = 0; c < channels; c++) border[c] = p->zx;
    for (int oy = 0; oy < p->oh; oy++)
        for (int ox = 0; ox < p->ow; ox++, y += channels) {
            int c = 0;
            places(p, x, oy, ox, border, place);
            for (; c + 16 <= channels; c += 16)
                switch (taps) { /* a count that the compiler knows, so that it unrolls the loop */
                case 9: window_16(p, place, 9, c, y); break;
                case 25: window_16(p, place, 25, c, y); break;
                default: window_16(p, place, taps, c, y);
                }
            for (; c < channels; c++) {
                sum_t acc = p->b[c];
                for (int t = 0; t < taps; t++) acc += place[t][c] * p->w[t * channels + c];
                y[c] = finish(p, c, acc);
            }
        }
}
