/* Convolution as the formula says it: for each output, walk over the window. */
static void conv(const conv_t *p, const int8_t *x, int8_t *y) {
    for (int oy = 0; oy < p->oh; oy++)
        for (int ox = 0; ox < p->ow; ox++)
            for (int o = 0; o < p->o; o++) {
                const int8_t *w = p->w + o * p->row;
                int32_t acc = p->b[o];
                for (int ky = 0; ky < p->k; ky++)
                    for (int kx = 0; kx < p->k; kx++) {
                        int iy = oy * p->stride - p->pad + ky, ix = ox * p->stride - p->pad + kx;
                        int inside = iy >= 0 && iy < p->h && ix >= 0 && ix < p->wd;
                        for (int c = 0; c < p->c; c++)
                            acc += (inside ? x[(iy * p->wd + ix) * p->c + c] : p->zx) * *w++;
                    }
                *y++ = finish(p, o, acc);
            }
}
