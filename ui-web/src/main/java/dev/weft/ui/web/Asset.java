package dev.weft.ui.web;

/**
 * A file of the UI.
 *
 * @param bytes its content
 * @param type content type
 * @param etag strong entity tag, in quotes
 * @param versioned whether its path names its version, so that it never changes
 */
record Asset(byte[] bytes, String type, String etag, boolean versioned) {}
