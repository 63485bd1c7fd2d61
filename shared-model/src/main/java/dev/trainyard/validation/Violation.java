package dev.trainyard.validation;

/**
 * One thing that is wrong with a document.
 *
 * @param pointer JSON pointer (RFC 6901) to the bad or missing field; empty for the whole document
 * @param detail a sentence that says what is wrong and what to write instead
 */
public record Violation(String pointer, String detail) {}
