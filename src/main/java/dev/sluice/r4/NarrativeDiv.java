package dev.sluice.r4;

import java.io.StringReader;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Checks the XHTML of a narrative: it must be one well-formed {@code div} that is not empty. Elements and attributes
 * are not checked.
 *
 * @see <a href="https://hl7.org/fhir/R4/narrative.html#xhtml">xhtml</a>
 */
final class NarrativeDiv {
    private static final String NAMESPACE = "http://www.w3.org/1999/xhtml";

    /** HTML's entities may be used, but no declaration of them comes with a div. */
    private static final Pattern ENTITY = Pattern.compile("&(?!(?:lt|gt|amp|quot|apos);)[A-Za-z][A-Za-z0-9]*;");

    private NarrativeDiv() {}

    static boolean isValid(String div) {
        if (!div.strip().startsWith("<div")) {
            return false; // a document type or a processing instruction is no part of one
        }
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try {
            return read(factory.createXMLStreamReader(
                    new StringReader(ENTITY.matcher(div.strip()).replaceAll("-"))));
        } catch (XMLStreamException e) {
            return false;
        }
    }

    private static boolean read(XMLStreamReader xml) throws XMLStreamException {
        xml.nextTag();
        boolean isDiv = xml.getLocalName().equals("div") && NAMESPACE.equals(xml.getNamespaceURI());
        boolean hasContent = false;
        while (xml.hasNext()) {
            int event = xml.next();
            hasContent |= (event == XMLStreamConstants.START_ELEMENT
                            && xml.getLocalName().equals("img"))
                    || (xml.isCharacters() && !xml.isWhiteSpace());
        }
        return isDiv && hasContent;
    }
}
