package dev.trainyard.image;

/** Reads rows and reverses their filters. Source: PNG specification, section 9. */
final class PngRowReader {
    private PngRowReader() {}

    /** Receives each row of samples as stored: big-endian and packed. */
    interface Sink {
        /**
         * @param samples valid during the call, from index 0
         * @param width pixels in the row
         * @param y row number in the image
         */
        void row(byte[] samples, int width, int y, PngHeader.Pass pass) throws PngException;
    }

    /** Reads the whole image; interlaced images pass by pass. */
    static void read(PngFile png, DecodeDeadline limit, Sink sink) throws PngException {
        PngHeader header = png.header();
        int longest = header.rowBytes(header.width());
        int pixelBytes = Math.max(1, header.channels() * header.bitDepth() / 8);
        try (PngDataReader data = new PngDataReader(png, 1 + longest, limit)) {
            byte[] row = new byte[longest];
            byte[] above = new byte[longest];
            for (PngHeader.Pass pass : header.passes()) {
                int width = pass.width(header);
                int height = width > 0 ? pass.height(header) : 0;
                int length = header.rowBytes(width);
                java.util.Arrays.fill(above, (byte) 0);
                for (int i = 0; i < height; i++) {
                    int from = data.next(1 + length);
                    unfilter(data.window(), from, row, above, length, pixelBytes);
                    sink.row(row, width, pass.fromY() + i * pass.stepY(), pass);
                    byte[] next = above;
                    above = row;
                    row = next;
                }
            }
            data.end();
        }
    }

    private static void unfilter(byte[] in, int from, byte[] row, byte[] above, int length, int pixelBytes)
            throws PngException {
        int filter = in[from];
        int source = from + 1;
        System.arraycopy(in, source, row, 0, length);
        switch (filter) {
            case 0 -> {}
            case 1 -> {
                for (int i = pixelBytes; i < length; i++) {
                    row[i] += row[i - pixelBytes];
                }
            }
            case 2 -> {
                for (int i = 0; i < length; i++) {
                    row[i] += above[i];
                }
            }
            case 3 -> {
                for (int i = 0; i < length; i++) {
                    int left = i < pixelBytes ? 0 : row[i - pixelBytes] & 0xff;
                    row[i] += (byte) ((left + (above[i] & 0xff)) / 2);
                }
            }
            case 4 -> {
                for (int i = 0; i < length; i++) {
                    boolean first = i < pixelBytes;
                    int left = first ? 0 : row[i - pixelBytes] & 0xff;
                    int aboveLeft = first ? 0 : above[i - pixelBytes] & 0xff;
                    row[i] += (byte) paeth(left, above[i] & 0xff, aboveLeft);
                }
            }
            default ->
                throw new PngException(
                        "The PNG is damaged: it has a row with filter %d, there are 0 to 4.".formatted(filter & 0xff));
        }
    }

    private static int paeth(int left, int above, int aboveLeft) {
        int toLeft = Math.abs(above - aboveLeft);
        int toAbove = Math.abs(left - aboveLeft);
        int toAboveLeft = Math.abs(left + above - 2 * aboveLeft);
        if (toLeft <= toAbove && toLeft <= toAboveLeft) {
            return left;
        }
        return toAbove <= toAboveLeft ? above : aboveLeft;
    }
}
