"""The training loop as machine code that Numba compiles: the arithmetic of core.network without the interpreter.

``core.engines`` alone imports what needs Numba, late, since that takes a while. ``plan`` needs none.

- ``vectors``: numbers that the processor handles eight at once, and their functions.
- ``plan``: where everything lies in a kernel's memory, and the codes of the choices.
- ``passes``: forward and backward pass of some samples.
- ``update_kernels``: what the optimizers make of a gradient.
- ``map_kernels``: activations as shades, outputs as decisions.
- ``shuffles``: the order of the samples, as NumPy draws it.
- ``narrow_kernels``, ``loops``: training, of nets that fit into the registers and of all others.
- ``evaluation_kernels``: outputs and losses of many samples.
- ``epoch_kernels``: epochs with the measures behind them.
- ``lane_kernels``: eight runs side by side.

Python calls the functions that :data:`core.engines.kernel_loading.KERNELS` names. Each is compiled alone, so a run
waits only for those that it needs.

How it is made fast, and the same on nearly every machine:

- **Vectors.** A ``Vector`` is LANES numbers that the processor handles at once. Numba has no such type, so ``vectors``
  adds it: ``load``, ``store``, arithmetic, and a few functions, each of which becomes one instruction (or two, where
  the processor's registers are shorter). The order of every sum is fixed by the program, so a processor with longer or
  shorter registers gives the same bits. A product and its sum are one instruction, rounded once (``multiply_add``);
  only a processor that lacks it, before about 2013, rounds twice and so gives other last digits.
- **One memory.** All that a call works on lies in one array; places in it are whole numbers (offsets). Rows of units
  are padded to whole vectors. What stands in the padding is never read into a result: a sum runs over true rows, and
  its lanes do not mix.
- **One product.** Forward pass, backward pass and gradient are the same loop, ``multiply``. The backward pass reads a
  transposed copy of the weights, so that no lanes need to be added up. Where a batch is one sample and the rule plain
  SGD, each weight is changed where the backward pass reads it, in both copies.
- **Chunks.** Up to CHUNK samples go through the layers together, so that the weights of a wide layer are fetched from
  the memory once for all of them.
- **Slopes.** f'(z) is computed beside f(z), and the mask of dropout is multiplied into both; the backward pass then is
  one product and one multiplication.
"""
