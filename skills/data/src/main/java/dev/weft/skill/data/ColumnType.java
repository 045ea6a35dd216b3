package dev.weft.skill.data;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The types that a column of texts can have, the narrowest first. */
enum ColumnType {
    /** Whole numbers; none with a leading zero, which is no number but a code. */
    BIGINT(Pattern.compile("0|-?[1-9]\\d{0,17}").asMatchPredicate()),
    /** Other numbers. */
    DECFLOAT(
            Pattern.compile("-?(0|[1-9]\\d{0,30})(\\.\\d{1,30})?([eE][+-]?\\d{1,3})?")
                    .asMatchPredicate()),
    /** True and false. */
    BOOLEAN(Pattern.compile("(?i)true|false").asMatchPredicate()),
    /** Such as 2026-01-31. */
    DATE(text -> isTime(text, 10)),
    /** Such as 2026-01-31T08:30:00, or with a space in it. */
    TIMESTAMP(text -> isTime(text, 16)),
    /** Anything. */
    VARCHAR(text -> true);

    private final Predicate<String> fits;

    ColumnType(Predicate<String> fits) {
        this.fits = fits;
    }

    /** The narrowest type of a column.
     * @param rows of a sheet
     * @param column which */
    static ColumnType of(List<String[]> rows, int column) {
        for (ColumnType type : values()) {
            if (rows.stream()
                    .map(row -> row[column])
                    .allMatch(text -> text == null || type.fits.test(text))) {
                boolean nothing = rows.stream().allMatch(row -> row[column] == null);
                return nothing ? VARCHAR : type;
            }
        }
        return VARCHAR;
    }

    private static boolean isTime(String text, int least) {
        if (text.length() < least || text.length() > 29 || least == 10 && text.length() != 10) {
            return false;
        }
        try {
            if (least == 10) {
                LocalDate.parse(text);
            } else {
                LocalDateTime.parse(text.replace(' ', 'T'));
            }
            return true;
        } catch (DateTimeException no) {
            return false;
        }
    }
}
