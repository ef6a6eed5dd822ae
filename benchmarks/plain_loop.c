/* The same training as the engines', as a plain C loop whose sizes are fixed when it is compiled; see plain_loop.py.

   LAYERS and LAYERS_BACKWARD call X(inputs, units, f, w, below, here) for each layer, in turn and in reverse: its sizes,
   its activation, and where its weights and the units below it and its own begin. UNITS, PARAMETERS, OUTPUTS, INPUTS and
   BATCH are numbers. The loss is the mean squared error. */

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { SIGMOID, TANH, RELU, SOFTMAX };
#define INLINE static inline __attribute__((always_inline)) void

static double h[UNITS], slope[UNITS], delta[UNITS], gradient[PARAMETERS];

INLINE activate(double *restrict a, double *restrict s, int units, int f)
{
    if (f == SIGMOID)
        for (int j = 0; j < units; j++) {
            a[j] = 1.0 / (1.0 + exp(-a[j]));
            s[j] = a[j] * (1.0 - a[j]);
        }
    else if (f == TANH)
        for (int j = 0; j < units; j++) {
            a[j] = tanh(a[j]);
            s[j] = 1.0 - a[j] * a[j];
        }
    else if (f == RELU)
        for (int j = 0; j < units; j++) {
            s[j] = a[j] > 0.0 ? 1.0 : 0.0;
            a[j] = a[j] > 0.0 ? a[j] : 0.0;
        }
    else {
        double largest = a[0], total = 0.0;
        for (int j = 1; j < units; j++)
            largest = a[j] > largest ? a[j] : largest;
        for (int j = 0; j < units; j++)
            total += a[j] = exp(a[j] - largest);
        for (int j = 0; j < units; j++)
            a[j] /= total;
    }
}

INLINE forward(const double *restrict w, const double *restrict below, double *restrict a, double *restrict s,
               int inputs, int units, int f)
{
    for (int j = 0; j < units; j++)
        a[j] = w[inputs * units + j];
    for (int i = 0; i < inputs; i++)
        for (int j = 0; j < units; j++)
            a[j] += below[i] * w[i * units + j];
    activate(a, s, units, f);
}

INLINE output_delta(const double *restrict y, const double *restrict a, const double *restrict s, double *restrict d,
                    int units, int f)
{
    double weighted = 0.0;
    for (int j = 0; j < units; j++) {
        d[j] = (a[j] - y[j]) / units;
        weighted += d[j] * a[j];
    }
    for (int j = 0; j < units; j++)
        d[j] = f == SOFTMAX ? a[j] * (d[j] - weighted) : d[j] * s[j];
}

INLINE back(const double *restrict w, const double *restrict d, const double *restrict s, double *restrict d_below,
            int inputs, int units)
{
    for (int i = 0; i < inputs; i++) {
        double total = 0.0;
        for (int j = 0; j < units; j++)
            total += w[i * units + j] * d[j];
        d_below[i] = total * s[i];
    }
}

/* to[...] += scale * [below, 1] (outer) d */
INLINE add_outer(double *restrict to, const double *restrict below, const double *restrict d, double scale, int inputs,
                 int units)
{
    for (int i = 0; i < inputs; i++)
        for (int j = 0; j < units; j++)
            to[i * units + j] += scale * below[i] * d[j];
    for (int j = 0; j < units; j++)
        to[inputs * units + j] += scale * d[j];
}

void train(double *restrict parameters, const double *restrict inputs, const double *restrict targets,
           const int64_t *restrict order, int64_t samples, double rate)
{
    for (int64_t begin = 0; begin < samples; begin += BATCH) {
        int64_t end = begin + BATCH < samples ? begin + BATCH : samples;
        if (BATCH > 1)
            memset(gradient, 0, sizeof gradient);
        for (int64_t k = begin; k < end; k++) {
            memcpy(h, inputs + INPUTS * order[k], INPUTS * sizeof(double));
            const double *y = targets + OUTPUTS * order[k];
#define X(inputs, units, f, w, below, here) forward(parameters + w, h + below, h + here, slope + here, inputs, units, f);
            LAYERS
#undef X
#define X(inputs, units, f, w, below, here)                                     \
    if (here + units == UNITS)                                                  \
        output_delta(y, h + here, slope + here, delta + here, units, f);        \
    if (below)                                                                  \
        back(parameters + w, delta + here, slope + below, delta + below, inputs, units);
            LAYERS_BACKWARD
#undef X
#define X(inputs, units, f, w, below, here) \
    add_outer((BATCH > 1 ? gradient : parameters) + w, h + below, delta + here, BATCH > 1 ? 1.0 : -rate, inputs, units);
            LAYERS
#undef X
        }
        if (BATCH > 1)
            for (int i = 0; i < PARAMETERS; i++)
                parameters[i] -= rate / (double)(end - begin) * gradient[i];
    }
}
