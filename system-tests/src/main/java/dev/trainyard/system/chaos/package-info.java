/** Random faults on a running platform, and the check of every accepted job. */
package dev.trainyard.system.chaos;
