package dev.weft.skill.web;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A page as text.
 *
 * @param url where it was in the end, after redirects
 * @param status HTTP status
 * @param contentType what the server calls it, "" if it does not say
 * @param title of the page, "" if it has none
 * @param text readable text
 * @param truncated whether there was more than was asked for or may be read
 */
public record Page(
        String url,
        int status,
        @JsonProperty("content_type") String contentType,
        String title,
        String text,
        boolean truncated) {}
