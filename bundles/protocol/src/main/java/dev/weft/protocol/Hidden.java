package dev.weft.protocol;

import java.util.regex.Pattern;

/**
 * Characters that nobody sees, or that act on what shows them: controls, which move a terminal's cursor, and marks that turn text
 * round. Joiners are none of them: they are letters' business in some scripts.
 */
public final class Hidden {
    private static final String ALL = "\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}&&[^\u200c\u200d]";

    /** Within one line: a name, a cell of a table. */
    public static final Pattern IN_LINE = Pattern.compile("[" + ALL + "]");

    /** Within text of several lines: their ends and tabs are seen. */
    public static final Pattern IN_TEXT = Pattern.compile("\\r(?!\\n)|[" + ALL + "&&[^\\r\\n\\t]]");

    private Hidden() {}
}
