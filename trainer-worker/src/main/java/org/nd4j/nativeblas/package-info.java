/** A class that DL4J's oneDNN helper looks for under this name (ADR 3). */
package org.nd4j.nativeblas;
