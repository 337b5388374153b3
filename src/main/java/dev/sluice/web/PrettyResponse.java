package dev.sluice.web;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A response that indents its content if it is JSON. Its length is not known in advance. */
class PrettyResponse extends HttpServletResponseWrapper {
    private @Nullable JsonIndenter indenter;

    PrettyResponse(HttpServletResponse response) {
        super(response);
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        String type = getContentType();
        boolean json =
                type != null && (type.startsWith("application/fhir+json") || type.startsWith("application/json"));
        if (!json) {
            return super.getOutputStream();
        }
        if (indenter == null) {
            setContentLengthLong(-1); // it will be longer than was announced
            indenter = new JsonIndenter(super.getOutputStream());
        }
        return indenter;
    }

    /** Writes what is left of the text. */
    void finish() {
        if (indenter != null) {
            indenter.finish();
        }
    }

    @Override
    public void reset() {
        super.reset();
        indenter = null;
    }

    @Override
    public void resetBuffer() {
        super.resetBuffer();
        indenter = null;
    }

    /** The response is sent when the text is complete, so nothing is flushed before. */
    @Override
    public void flushBuffer() throws IOException {
        if (indenter == null) {
            super.flushBuffer();
        }
    }
}
