package dev.sluice.web;

import dev.sluice.fhir.FhirJson;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.io.OutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.async.ByteArrayFeeder;

/** Indents JSON that is written to it piece by piece; numbers keep their digits. For one thread. */
class JsonIndenter extends ServletOutputStream {
    private final JsonParser parser = FhirJson.MAPPER.createNonBlockingByteArrayParser();
    private final JsonGenerator generator;

    JsonIndenter(OutputStream out) {
        this.generator = FhirJson.MAPPER.writerWithDefaultPrettyPrinter().createGenerator(out);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b});
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        ((ByteArrayFeeder) parser.nonBlockingInputFeeder()).feedInput(bytes, offset, offset + length);
        copy();
    }

    /** Writes what is left of the text. Closing the stream does not: what the text belongs to may go on. */
    void finish() {
        ((ByteArrayFeeder) parser.nonBlockingInputFeeder()).endOfInput();
        copy();
        generator.close();
        parser.close();
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        throw new UnsupportedOperationException("indented responses are written by one thread");
    }

    private void copy() {
        for (JsonToken token = parser.nextToken();
                token != null && token != JsonToken.NOT_AVAILABLE;
                token = parser.nextToken()) {
            if (token.isNumeric()) {
                generator.writeNumber(parser.getString());
            } else {
                generator.copyCurrentEvent(parser);
            }
        }
    }
}
