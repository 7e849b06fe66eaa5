//! Compressed files: every compression and every format gives the same profile.

use std::fs;
use std::io::Read;

use cargo_heapmark::profile;

use super::{OTHERS, OUTPUTS, parse, path, refused};

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let level = flate2::Compression::default();
    flate2::read::GzEncoder::new(text, level)
        .read_to_end(&mut packed)
        .unwrap();
    packed
}

fn bzip2(text: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    bzip2::read::BzEncoder::new(text, bzip2::Compression::default())
        .read_to_end(&mut packed)
        .unwrap();
    packed
}

fn zstd(text: &[u8]) -> Vec<u8> {
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    ruzstd::encoding::compress_to_vec(text, level)
}

#[test]
fn a_profile_of_any_tool_is_read_packed_by_gzip_zstd_and_bzip2() {
    for name in OUTPUTS.into_iter().chain(OTHERS) {
        let mut whole = fs::read(path(name)).unwrap();
        if name.ends_with(".zst") {
            let mut unpacked = Vec::new();
            let mut decoder = ruzstd::decoding::StreamingDecoder::new(&*whole).unwrap();
            decoder.read_to_end(&mut unpacked).unwrap();
            whole = unpacked;
        }
        let profile = parse(&whole);
        for pack in [gzip, bzip2, zstd] {
            assert_eq!(parse(pack(&whole)), profile, "{name}");
            // Compressors that work in parallel write several parts.
            let (one, other) = whole.split_at(whole.len() / 3);
            let parts = [pack(one), pack(other)].concat();
            assert_eq!(parse(parts), profile, "{name} in parts");
        }
        // A skippable frame of zstd, which contains no data of the file.
        let skipped = [b"\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec(), zstd(&whole)].concat();
        assert_eq!(parse(skipped), profile, "{name} behind what is skipped");
    }
}

#[test]
fn a_packed_file_that_is_cut_off_or_spoilt_is_an_error() {
    let whole = fs::read(path("massif.out")).unwrap();
    for pack in [gzip, bzip2, zstd] {
        let packed = pack(&whole);
        let cut = &packed[..packed.len() * 2 / 3];
        assert!(profile::parse(cut).is_err());
        assert!(refused(&packed[..5]).len() > 5);
    }
    let mut packed = gzip(&whole);
    let end = packed.len() - 6;
    packed[end] ^= 1;
    assert!(
        profile::parse(&*packed).is_err(),
        "a wrong checksum must be an error"
    );
    assert!(refused(gzip(b"hello\n")).contains("not a profile"));
}
