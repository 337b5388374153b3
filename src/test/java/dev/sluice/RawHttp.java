package dev.sluice;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.Locale;

/** Sends bytes to a server as they are, so that a test can say what no HTTP client would. */
public final class RawHttp {
    private static final int PATIENCE_MILLIS = 30_000;

    /**
     * What came back.
     *
     * @param status 0 if the answer has no status line, as in HTTP/0.9
     * @param head the status line and headers, in lower case
     */
    public record Answer(int status, String head, String body) {
        private static Answer of(String text) {
            if (!text.startsWith("HTTP/1.1 ")) {
                return new Answer(0, "", text);
            }
            int end = text.indexOf("\r\n\r\n");
            return new Answer(
                    Integer.parseInt(text.substring(9, 12)),
                    text.substring(0, end).toLowerCase(Locale.ROOT) + "\r\n",
                    text.substring(end + 4));
        }
    }

    private RawHttp() {}

    /**
     * Sends a request and reads all that comes until the server ends the connection.
     *
     * @param request one byte a character
     */
    public static Answer send(URI server, String request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            try {
                socket.getOutputStream().write(request.getBytes(ISO_8859_1));
                socket.shutdownOutput();
            } catch (SocketException e) {
                // The server has answered before it read everything.
            }
            return Answer.of(all(socket.getInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(request.substring(0, Math.min(200, request.length())), e);
        }
    }

    private static String all(InputStream in) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 13];
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                received.write(buffer, 0, read);
            }
        } catch (SocketException e) {
            // It ends the connection with bytes unread; what it answered is here.
        }
        return received.toString(ISO_8859_1);
    }
}
