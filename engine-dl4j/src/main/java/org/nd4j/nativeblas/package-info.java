/** A class that DL4J's oneDNN helper looks for under this name (ADR 3). */
@NullMarked
package org.nd4j.nativeblas;

import org.jspecify.annotations.NullMarked;
