package dev.trainyard.image.testing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/** One way to spoil a PNG. */
enum HostileMutation {
    FLIP_BITS {
        @Override
        byte[] apply(byte[] png, Random random) {
            byte[] result = png.clone();
            for (int i = 1 + random.nextInt(8); i > 0 && result.length > 0; i--) {
                result[random.nextInt(result.length)] ^= (byte) (1 << random.nextInt(8));
            }
            return result;
        }
    },
    OVERWRITE {
        @Override
        byte[] apply(byte[] png, Random random) {
            byte[] result = png.clone();
            int from = random.nextInt(result.length + 1);
            for (int i = from; i < Math.min(result.length, from + 1 + random.nextInt(20)); i++) {
                result[i] = (byte) EDGES[random.nextInt(EDGES.length)];
            }
            return result;
        }
    },
    CUT {
        @Override
        byte[] apply(byte[] png, Random random) {
            return Arrays.copyOf(png, random.nextInt(png.length + 1));
        }
    },
    TAKE_OUT_BYTES {
        @Override
        byte[] apply(byte[] png, Random random) {
            int from = random.nextInt(png.length + 1);
            int to = Math.min(png.length, from + 1 + random.nextInt(30));
            return PngPieces.join(List.of(Arrays.copyOf(png, from), Arrays.copyOfRange(png, to, png.length)));
        }
    },
    APPEND {
        @Override
        byte[] apply(byte[] png, Random random) {
            return PngPieces.join(List.of(png, FOREIGN.get(random.nextInt(FOREIGN.size()))));
        }
    },
    DROP_CHUNK {
        @Override
        byte[] apply(byte[] png, Random random) {
            return pieces(png, pieces -> {
                pieces.remove(random.nextInt(pieces.size()));
                return pieces;
            });
        }
    },
    REPEAT_CHUNK {
        @Override
        byte[] apply(byte[] png, Random random) {
            return pieces(png, pieces -> {
                pieces.add(random.nextInt(pieces.size() + 1), pieces.get(random.nextInt(pieces.size())));
                return pieces;
            });
        }
    },
    SWAP_CHUNKS {
        @Override
        byte[] apply(byte[] png, Random random) {
            return pieces(png, pieces -> {
                java.util.Collections.swap(pieces, random.nextInt(pieces.size()), random.nextInt(pieces.size()));
                return pieces;
            });
        }
    },
    ADD_CHUNK {
        @Override
        byte[] apply(byte[] png, Random random) {
            String name = NAMES.get(random.nextInt(NAMES.size()));
            byte[] data = random.nextInt(3) == 0
                    ? FOREIGN.get(random.nextInt(FOREIGN.size()))
                    : new byte[SIZES[random.nextInt(SIZES.length)]];
            return pieces(png, pieces -> {
                pieces.add(1 + random.nextInt(pieces.size()), PngBuilder.chunk(name, data));
                return pieces;
            });
        }
    },
    LIE_ABOUT_LENGTH {
        @Override
        byte[] apply(byte[] png, Random random) {
            return pieces(png, pieces -> {
                byte[] piece = pieces.get(random.nextInt(pieces.size())).clone();
                if (piece.length >= 12) {
                    int[] lies = {
                        0, 1, piece.length, piece.length - 13, 1 << 30, -1, Integer.MIN_VALUE, random.nextInt()
                    };
                    ByteBuffer.wrap(piece).putInt(lies[random.nextInt(lies.length)]);
                }
                pieces.set(pieces.size() > 1 ? 1 + random.nextInt(pieces.size() - 1) : 0, piece);
                return pieces;
            });
        }
    },
    EDIT_HEADER {
        @Override
        byte[] apply(byte[] png, Random random) {
            byte[] result = png.clone();
            if (result.length < 33) {
                return result;
            }
            switch (random.nextInt(3)) {
                case 0 ->
                    ByteBuffer.wrap(result).putInt(16 + 4 * random.nextInt(2), SIDES[random.nextInt(SIDES.length)]);
                case 1 -> {
                    ByteBuffer.wrap(result).putInt(16, SIDES[random.nextInt(SIDES.length)]);
                    ByteBuffer.wrap(result).putInt(20, SIDES[random.nextInt(SIDES.length)]);
                }
                default -> result[24 + random.nextInt(5)] = (byte) EDGES[random.nextInt(EDGES.length)];
            }
            return PngPieces.withRightCrcs(result);
        }
    },
    OTHER_DATA {
        @Override
        byte[] apply(byte[] png, Random random) {
            byte[] data = DATA.get(random.nextInt(DATA.size()));
            return pieces(png, pieces -> {
                pieces.replaceAll(piece -> PngPieces.isNamed(piece, "IDAT") ? PngBuilder.chunk("IDAT", data) : piece);
                return pieces;
            });
        }
    },
    SPOIL_DATA {
        @Override
        byte[] apply(byte[] png, Random random) {
            return pieces(png, pieces -> {
                pieces.replaceAll(piece -> {
                    if (!PngPieces.isNamed(piece, "IDAT") || piece.length == 12) {
                        return piece;
                    }
                    byte[] data = Arrays.copyOfRange(piece, 8, piece.length - 4);
                    data[random.nextInt(data.length)] ^= (byte) (1 + random.nextInt(255));
                    return PngBuilder.chunk(
                            "IDAT", random.nextInt(4) == 0 ? Arrays.copyOf(data, random.nextInt(data.length)) : data);
                });
                return pieces;
            });
        }
    };

    private static final int[] EDGES = {0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 127, 128, 255};
    private static final int[] SIDES = {
        0,
        1,
        2,
        7,
        27,
        29,
        255,
        1_000,
        4_095,
        4_096,
        4_097,
        65_535,
        65_536,
        1 << 30,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        -1
    };
    private static final int[] SIZES = {0, 1, 2, 3, 6, 13, 255, 256, 768, 769, 5_000};
    private static final List<String> NAMES = List.of(
            "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "iCCP", "tEXt", "zTXt", "iTXt", "acTL", "fcTL", "fdAT",
            "bKGD", "abcd", "CgBI", "ab1\0");
    private static final List<byte[]> FOREIGN = List.of(
            new byte[1],
            new byte[3_000],
            "PK\3\4 a file in a ZIP PK\5\6".getBytes(StandardCharsets.ISO_8859_1),
            "<html><script>alert(1)</script></html>".getBytes(StandardCharsets.ISO_8859_1),
            "Comment\0<?php system($_GET[0]); ?>".getBytes(StandardCharsets.ISO_8859_1),
            "Comment\0\0not deflated at all".getBytes(StandardCharsets.ISO_8859_1),
            PngBuilder.grey(3, 3, new byte[9]).build());
    private static final List<byte[]> DATA = List.of(
            new byte[0],
            new byte[100],
            PngBuilder.deflate(new byte[0]),
            PngBuilder.deflate(new byte[2_000_000]),
            PngBuilder.deflate(sevens(10_000)),
            Arrays.copyOf(PngBuilder.deflate(new byte[5_000]), 12),
            PngPieces.join(List.of(PngBuilder.deflate(new byte[29 * 28]), new byte[50])));

    private static byte[] sevens(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 7);
        return bytes;
    }

    abstract byte[] apply(byte[] png, Random random);

    private static byte[] pieces(byte[] png, UnaryOperator<List<byte[]>> change) {
        return PngPieces.join(change.apply(PngPieces.split(png)));
    }
}
