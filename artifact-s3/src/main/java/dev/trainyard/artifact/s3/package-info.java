/** The artifact store in S3. */
@NullMarked
package dev.trainyard.artifact.s3;

import org.jspecify.annotations.NullMarked;
