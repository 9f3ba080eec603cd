/* Depthwise convolution with the channel in the innermost loop: neighbours in memory, borders tested once a window. */
static void depthwise(const conv_t *p, const value_t *x, value_t *y) {
    sum_t acc[WIDEST_DEPTHWISE];
    int channels = p->c;
    for (int oy = 0; oy < p->oh; oy++)
        for (int ox = 0; ox < p->ow; ox++, y += channels) {
            for (int c = 0; c < channels; c++) acc[c] = p->b[c];
            for (int ky = 0; ky < p->k; ky++)
                for (int kx = 0; kx < p->k; kx++) {
                    int iy = oy * p->stride - p->pad + ky, ix = ox * p->stride - p->pad + kx;
                    const value_t *w = p->w + (ky * p->k + kx) * channels, *in = x + (iy * p->wd + ix) * channels;
                    if (iy >= 0 && iy < p->h && ix >= 0 && ix < p->wd)
                        for (int c = 0; c < channels; c++) acc[c] += in[c] * w[c];
                    else
                        for (int c = 0; c < channels; c++) acc[c] += p->zx * w[c];
                }
            for (int c = 0; c < channels; c++) y[c] = finish(p, c, acc[c]);
        }
}
