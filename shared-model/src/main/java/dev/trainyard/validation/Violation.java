package dev.trainyard.validation;

/**
 * One violation found in a document.
 *
 * @param pointer JSON pointer (RFC 6901) to the bad or missing field; empty for the whole document
 * @param detail a sentence that names the problem and the correction
 */
public record Violation(String pointer, String detail) {}
