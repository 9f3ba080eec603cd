/* Convolution by im2col: gather the window of a pixel once, then one dot product for each output channel. */
static void conv(const conv_t *p, const value_t *x, value_t *y) {
    value_t column[WIDEST] __attribute__((aligned(4)));
    int n = p->k * p->k * p->c, row = p->row & -ROW; /* tells the compiler that no loop over a row has a rest */
    for (int i = n; i < row; i++) column[i] = 0;
    for (int oy = 0; oy < p->oh; oy++)
        for (int ox = 0; ox < p->ow; ox++) {
            patch(p, x, oy, ox, column);
            for (int o = 0; o < p->o; o++) {
                const value_t *w = p->w + o * row;
                sum_t acc = p->b[o];
                for (int i = 0; i < row; i++) acc += column[i] * w[i];
                *y++ = finish(p, o, acc);
            }
        }
}
