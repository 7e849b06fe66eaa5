//! Functions have their demangled names in the outputs of every tool.

use super::parse;

/// Mangled names of compilers, and the names in the source.
const NAMES: [(&str, &str); 8] = [
    ("_ZN3app4grow17h0123456789abcdefE", "app::grow"),
    (
        "_ZN3app4grow17h0123456789abcdefE.llvm.1234567890",
        "app::grow",
    ),
    ("_RNvCskwGfYPst2Cb_3app4grow", "app::grow"),
    ("_RNvCskwGfYPst2Cb_3app4grow.llvm.9D1C9369", "app::grow"),
    ("_ZN3app4growEiPKc", "app::grow(int, char const*)"),
    (
        "_ZN3app4growEiPKc.part.0.cold",
        "app::grow(int, char const*)",
    ),
    ("grow.constprop.0", "grow"),
    (
        "app::grow(int) [clone .isra.0] [clone .cold]",
        "app::grow(int)",
    ),
];

#[test]
fn every_format_demangles_every_kind_of_name() {
    for (symbol, name) in NAMES {
        let texts = [
            format!(
                r#"{{"dhatFileVersion":2,"mode":"heap","bklt":true,"pps":[{{"tb":1,"tbk":1,"fs":[1]}}],"ftbl":["[root]","0x1: {symbol} (a.rs:1)"]}}"#
            ),
            format!(
                "v 10400 3\ns 1 m\ns {:x} {symbol}\ns 4 a.rs\ni 1 1 2 3 1\nt 1 0\na 1 1\n+ 0\n",
                symbol.len()
            ),
            format!("v 10100 2\ns m\ns {symbol}\ns a.rs\ni 1 1 2 3 1\nt 1 0\na 1 1\n+ 0\n"),
            format!(
                "desc: a\nsnapshot=0\ntime=0\nmem_heap_B=1\nheap_tree=peak\nn0: 1 0x1: {symbol} (a.rs:1)\n"
            ),
            format!(
                "<valgrindoutput><error><kind>Leak_DefinitelyLost</kind><leakedbytes>1</leakedbytes><leakedblocks>1</leakedblocks><stack><frame><fn>{symbol}</fn><file>a.rs</file><line>1</line></frame></stack></error></valgrindoutput>"
            ),
            format!(
                "Direct leak of 1 byte(s) in 1 object(s) allocated from:\n    #0 0x1 in {symbol} a.rs:1:5\n"
            ),
        ];
        for text in texts {
            let profile = parse(&text);
            let frame = profile.stack(&profile.callsites[0]).next().unwrap();
            assert_eq!((&*frame.function, &*frame.file), (name, "a.rs"), "{text}");
            assert_eq!(frame.line, 1, "{text}");
        }
    }
}

#[test]
fn a_module_without_symbols_keeps_its_path() {
    let profile = parse(
        "v 10100 2\ns /lib/libc.so.6\ns /opt/x.cold\ni 1 1\ni 2 2\nt 1 0\nt 2 1\na 1 2\n+ 0\n",
    );
    let files: Vec<&str> = profile.frames.iter().map(|frame| &*frame.file).collect();
    assert_eq!(files, ["/lib/libc.so.6", "/opt/x.cold"]);
}
