package dev.weft.skill.web;

import java.util.Set;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;

/** Writes the text of a page about as a browser shows it: a line for each block, an empty line around paragraphs. */
final class Blocks implements NodeVisitor {
    private static final Set<String> PARAGRAPHS =
            Set.of(
                    "p",
                    "h1",
                    "h2",
                    "h3",
                    "h4",
                    "h5",
                    "h6",
                    "ul",
                    "ol",
                    "dl",
                    "table",
                    "pre",
                    "blockquote");
    private static final Set<String> CELLS = Set.of("td", "th");

    private final StringBuilder text = new StringBuilder();

    String read(Element body) {
        body.traverse(this);
        return text.toString().strip();
    }

    @Override
    public void head(Node node, int depth) {
        if (node instanceof TextNode words) {
            boolean keepsLines = words.parent() != null && words.parent().closest("pre") != null;
            append(
                    keepsLines
                            ? words.getWholeText()
                            : words.getWholeText().replaceAll("[\\s\\u00a0]+", " "));
        } else if (node instanceof Element element) {
            around(element);
            if (element.normalName().equals("li")) {
                text.append("- ");
            }
        }
    }

    @Override
    public void tail(Node node, int depth) {
        if (node instanceof Element element) {
            around(element);
        }
    }

    private void around(Element element) {
        String name = element.normalName();
        if (PARAGRAPHS.contains(name)) {
            lines(2);
        } else if (CELLS.contains(name)) {
            append(" ");
        } else if (element.isBlock() || name.equals("br")) {
            lines(1);
        }
    }

    private void append(String words) {
        boolean space =
                text.length() == 0 || Character.isWhitespace(text.charAt(text.length() - 1));
        text.append(space && words.startsWith(" ") ? words.stripLeading() : words);
    }

    /** Ends the line, and leaves so many line ends and no more. */
    private void lines(int wanted) {
        int end = text.length();
        int found = 0;
        while (end > 0 && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
            found += text.charAt(end) == '\n' ? 1 : 0;
        }
        text.setLength(end);
        if (end > 0) {
            text.append("\n".repeat(Math.max(wanted, Math.min(found, 2))));
        }
    }
}
