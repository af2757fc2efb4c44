package dev.nexthop.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A reader of mail that is not ours: the module {@code email} of Python, with what it makes of a message. */
final class MailReader {
    private static final String PROGRAM = """
            import email, sys

            def read(path):
                with open(path, 'rb') as file:
                    return email.message_from_binary_file(file)

            def fields(part):
                trace = ('return-path', 'received', 'delivered-to', 'x-original-to', 'content-transfer-encoding')
                return [(name, str(value)) for name, value in part.items() if name.lower() not in trace]

            def content(part):
                return None if part.is_multipart() else part.get_payload(decode=True).replace(b'\\r\\n', b'\\n')

            got, sent = (list(read(path).walk()) for path in sys.argv[1:])
            assert all(not part.defects for part in got), [part.defects for part in got]
            assert [fields(part) for part in got] == [fields(part) for part in sent], [fields(part) for part in got]
            for mine, theirs in zip(got, sent, strict=True):
                assert content(mine) == content(theirs), content(mine)
            print('same')
            """;

    private MailReader() {}

    /** Fails unless both have the same parts, with the same fields and, decoded, the same content. */
    static void assertSame(Path folder, byte[] delivered, byte[] sent) throws IOException, InterruptedException {
        Path got = Files.write(Files.createTempFile(folder, "delivered-", ".eml"), delivered);
        Path original = Files.write(Files.createTempFile(folder, "sent-", ".eml"), sent);
        Command.in(folder, "python3", "-c", PROGRAM, got.toString(), original.toString())
                .run()
                .orFail();
    }
}
