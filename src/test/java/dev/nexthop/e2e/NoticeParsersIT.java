package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs that are not ours read every notice of the golden file and say what we meant: Python's strict parser of mail, and
 * the bounce parsers Sisimai and Mail::DeliveryStatus::BounceParser. One process reads all.
 */
class NoticeParsersIT {
    private static final Path GOLDEN = Path.of("src/test/resources/dev/nexthop/schedule/notices.txt");
    private static final Pattern NOTICE =
            Pattern.compile("^=== notice (\\d+): (.*)\\n((?s:.*?))^=== end$", Pattern.MULTILINE);

    /** Prints action, status and recipients of each message, from its second part; fails on anything unusual. */
    private static final String PYTHON = """
            import email, sys
            from email import policy

            def groups(part):
                if part.get_content_type() == 'message/delivery-status':
                    return part.get_payload()
                assert part.get_content_type() == 'message/global-delivery-status', part.get_content_type()
                # The module knows this type only as a message: its body is the groups of the recipients.
                whole = part.get_payload(0).as_bytes().decode('utf-8').replace('\\r\\n', '\\n').strip()
                return [email.message_from_string(group) for group in whole.split('\\n\\n')]

            for path in sys.argv[1:]:
                with open(path, 'rb') as file:
                    mail = email.message_from_binary_file(file, policy=policy.strict)
                assert not [part for part in mail.walk() if part.defects]
                assert mail.get_content_type() == 'multipart/report'
                assert mail['Auto-Submitted'] == 'auto-replied'
                assert mail['To'].addresses[0].addr_spec == 'sender@a.test'
                assert mail['Date'].datetime.year == 2026
                text, status, original = mail.iter_parts()
                assert mail.get_param('report-type') == status.get_content_subtype()
                assert text.get_content_type() == 'text/plain' and text['Content-Language'] in ('en', 'de', 'fr', 'es')
                words = text.get_content()
                assert original.get_content_type() in ('text/rfc822-headers', 'message/rfc822')
                whole = original.get_content_type() == 'message/rfc822'
                back = original.get_payload(0) if whole else email.message_from_string(original.get_payload())
                assert back['Subject'] == 'hello' and ('hello' in back.get_payload()) == whole
                message, *recipients = groups(status)
                assert message['Reporting-MTA'] == 'dns; mx.us.test' and message['Arrival-Date']
                told = []
                for fields in recipients:
                    kind, address = str(fields['Final-Recipient']).split('; ')
                    assert kind == ('rfc822' if address.isascii() else 'utf-8')
                    assert '<' + address + '>' in words
                    told.append((fields['Action'], fields['Status'], address))
                (what,) = {one[:2] for one in told}
                print(path, *what, *(one[2] for one in told))
            """;

    /** Prints what Sisimai makes of each message, and whether BounceParser takes it for a bounce, and of which kind. */
    private static final String PERL = """
            use Sisimai;
            use Mail::DeliveryStatus::BounceParser;
            for my $path (@ARGV) {
                my @all = @{ Sisimai->make($path, 'delivered' => 1) || [] };
                print join(' ', $path, $all[0]->action, $all[0]->deliverystatus, map { $_->recipient->address } @all), "\\n";
                open(my $file, '<', $path) or die $!;
                my $text = do { local $/; <$file> };
                my $bounce = Mail::DeliveryStatus::BounceParser->new($text);
                my ($first) = $bounce->is_bounce ? $bounce->reports : ();
                print join(' ', $path, $first ? ('bounce', $first->get('action'), $first->get('status')) : 'no bounce'), "\\n";
            }
            """;

    @TempDir
    private Path folder;

    private final List<Notice> notices = new ArrayList<>();

    /** A notice in a file, and what it means: action, status, recipients. */
    private record Notice(String file, String meant) {
        boolean ascii() {
            return meant.chars().allMatch(c -> c < 128);
        }

        String action() {
            return meant.split(" ")[0];
        }
    }

    @BeforeEach
    void files() throws IOException {
        Matcher found = NOTICE.matcher(Files.readString(GOLDEN));
        while (found.find()) {
            String name = String.format(Locale.ROOT, "%03d.eml", Integer.parseInt(found.group(1)));
            String text = found.group(3);
            String message = text.substring(text.indexOf("\n\n") + 2).replace("\n", "\r\n");
            Files.writeString(folder.resolve(name), message, StandardCharsets.UTF_8);
            notices.add(new Notice(name, found.group(2)));
        }
        assertThat(notices).hasSizeGreaterThan(40);
    }

    private List<String> lines(List<Notice> some, String... program) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(program));
        some.forEach(notice -> words.add(notice.file()));
        return Command.in(folder, words.toArray(String[]::new))
                .run()
                .orFail()
                .text()
                .lines()
                .toList();
    }

    @Test
    @Tag("python")
    void pythonReadsAllOfThem() throws Exception {
        assertThat(lines(notices, "python3", "-X", "utf8", "-c", PYTHON))
                .containsExactlyElementsOf(notices.stream()
                        .map(notice -> notice.file() + " " + notice.meant())
                        .toList());
    }

    @Test
    @Tag("bounceparsers")
    void bounceParsersNameRecipientStatusAndAction() throws Exception {
        // Neither knows RFC 6533.
        List<Notice> known = notices.stream().filter(Notice::ascii).toList();
        List<String> expected = new ArrayList<>();
        for (Notice notice : known) {
            expected.add(notice.file() + " " + notice.meant());
            String[] words = notice.meant().split(" ");
            boolean bounce = notice.action().equals("failed");
            expected.add(notice.file() + (bounce ? " bounce " + words[0] + " " + words[1] : " no bounce"));
        }
        String modules =
                PrivateRoot.UNPACKED.toAbsolutePath().resolve("usr/share/perl5").toString();
        assertThat(lines(known, "perl", "-I" + modules, "-e", PERL)).containsExactlyElementsOf(expected);
    }
}
