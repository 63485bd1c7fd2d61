/** The artifact store in S3 and in files. */
@NullMarked
package dev.trainyard.benchmarks.storage;

import org.jspecify.annotations.NullMarked;
