/** Training with libtorch, the C++ library of PyTorch, through JavaCPP. */
@NullMarked
package dev.trainyard.engine.libtorch;

import org.jspecify.annotations.NullMarked;
