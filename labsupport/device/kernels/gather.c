/* The window of one output pixel as one column of bytes. Outside the image stands the zero point, which means 0. */
typedef int32_t __attribute__((may_alias)) word_t;

static inline void copy_bytes(int8_t *restrict to, const int8_t *restrict from, int n) {
    if (n % 4 == 0) /* then both are aligned: tensors and columns begin at multiples of four */
        for (int i = 0; i < n / 4; i++) ((word_t *)to)[i] = ((const word_t *)from)[i];
    else
        for (int i = 0; i < n; i++) to[i] = from[i];
}

static inline void fill_bytes(int8_t *to, int8_t value, int n) {
    for (int i = 0; i < n; i++) to[i] = value;
}

void gather(const int8_t *x, int8_t *column, int height, int width, int channels, int kernel, int top, int left,
            int zero_point) {
    int before = left < 0 ? -left : 0, after = left + kernel > width ? left + kernel - width : 0;
    if (before > kernel) before = kernel;
    if (after > kernel - before) after = kernel - before;
    int inside = kernel - before - after;
    for (int ky = 0; ky < kernel; ky++, column += kernel * channels) {
        int y = top + ky;
        if (y < 0 || y >= height) {
            fill_bytes(column, zero_point, kernel * channels);
            continue;
        }
        fill_bytes(column, zero_point, before * channels);
        copy_bytes(column + before * channels, x + (y * width + left + before) * channels, inside * channels);
        fill_bytes(column + (before + inside) * channels, zero_point, after * channels);
    }
}
