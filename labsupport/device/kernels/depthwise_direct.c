/* Depthwise convolution, one filter a channel, with the channel in the outermost loop of a pixel. */
static void depthwise(const conv_t *p, const int8_t *x, int8_t *y) {
    for (int oy = 0; oy < p->oh; oy++)
        for (int ox = 0; ox < p->ow; ox++)
            for (int c = 0; c < p->c; c++) {
                int32_t acc = p->b[c];
                for (int ky = 0; ky < p->k; ky++)
                    for (int kx = 0; kx < p->k; kx++) {
                        int iy = oy * p->stride - p->pad + ky, ix = ox * p->stride - p->pad + kx;
                        int inside = iy >= 0 && iy < p->h && ix >= 0 && ix < p->wd;
                        acc += (inside ? x[(iy * p->wd + ix) * p->c + c] : p->zx) * p->w[(ky * p->k + kx) * p->c + c];
                    }
                *y++ = finish(p, c, acc);
            }
}
