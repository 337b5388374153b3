package dev.sluice.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.web.util.HtmlUtils;

/** The form of a page as a browser sends it, if nobody changes a field. */
record BrowserForm(String body) {
    private static final Pattern FIELD = Pattern.compile("(?s)<input\\b([^>]*)>|<textarea\\b([^>]*)>(.*?)</textarea>");

    /** The form of this id. */
    static BrowserForm of(String page, String id) {
        Matcher form = Pattern.compile("(?s)<form id=\"" + id + "\".*?</form>").matcher(page);
        assertThat(form.find()).as(page).isTrue();
        List<String> fields = new ArrayList<>();
        Matcher field = FIELD.matcher(form.group());
        while (field.find()) {
            boolean area = field.group(2) != null;
            String tag = area ? field.group(2) : field.group(1);
            String type = attribute(tag, "type");
            boolean choice = type.equals("radio") || type.equals("checkbox");
            if (!choice || tag.contains("checked")) {
                String value = area ? HtmlUtils.htmlUnescape(field.group(3)) : attribute(tag, "value");
                String sent = area
                        ? value.replaceFirst("^\n", "").replace("\n", "\r\n")
                        : type.equals("text") ? value.replaceAll("[\r\n]", "") : value;
                fields.add(encoded(attribute(tag, "name")) + "=" + encoded(sent));
            }
        }
        return new BrowserForm(String.join("&", fields));
    }

    private static String attribute(String tag, String name) {
        Matcher attribute = Pattern.compile("\\b" + name + "=\"([^\"]*)\"").matcher(tag);
        return attribute.find() ? HtmlUtils.htmlUnescape(attribute.group(1)) : "";
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
