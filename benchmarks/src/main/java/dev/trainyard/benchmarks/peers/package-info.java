/** This platform beside other frameworks and servers, which run in virtual environments of Python. */
@NullMarked
package dev.trainyard.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
