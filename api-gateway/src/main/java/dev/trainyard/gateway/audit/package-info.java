/** The audit log: who changed what, from where. */
@NullMarked
package dev.trainyard.gateway.audit;

import org.jspecify.annotations.NullMarked;
