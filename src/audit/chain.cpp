#include "audit/chain.h"

#include <openssl/evp.h>

#include <charconv>
#include <cstdlib>

#include "audit/json_text.h"
#include "audit/record_json.h"

namespace sluice::audit {
namespace {

constexpr std::string_view kSequence = "{\"seq\":";
constexpr std::string_view kDigest = ",\"digest\":\"";
constexpr std::string_view kEnd = "\"}";
constexpr std::size_t kHexSize = 64;
constexpr std::size_t kSealSize = kDigest.size() + kHexSize + kEnd.size();

}  // namespace

struct Linker::Context {
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* state = EVP_MD_CTX_new();
  Context() {
    if (algorithm == nullptr || state == nullptr) std::abort();
  }
  ~Context() {
    EVP_MD_CTX_free(state);
    EVP_MD_free(algorithm);
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Linker::Linker() : context_(std::make_unique<Context>()) {}
Linker::~Linker() = default;

Digest Linker::link(const Digest& previous, std::string_view text) {
  Digest digest{};
  unsigned int length = 0;
  if (EVP_DigestInit_ex2(context_->state, context_->algorithm, nullptr) != 1 ||
      EVP_DigestUpdate(context_->state, previous.data(), previous.size()) != 1 ||
      EVP_DigestUpdate(context_->state, text.data(), text.size()) != 1 ||
      EVP_DigestFinal_ex(context_->state, digest.data(), &length) != 1) {
    std::abort();
  }
  return digest;
}

void Chain::append(std::string& out, Record& record) {
  record.sequence = head_.sequence + 1;
  const std::size_t begin = out.size();
  append_record(out, record);
  head_.digest = linker_.link(head_.digest, std::string_view(out).substr(begin));
  head_.sequence = record.sequence;
  out.append(kDigest);
  append_hex(out, head_.digest);
  out.append(kEnd);
  out.push_back('\n');
}

std::optional<LineSeal> seal_of(std::string_view line) {
  if (line.size() < kSequence.size() + kSealSize || !line.starts_with(kSequence)) return std::nullopt;
  LineSeal seal;
  const char* digits = line.data() + kSequence.size();
  const auto number = std::from_chars(digits, line.data() + line.size(), seal.sequence);
  // Only the canonical spelling of the number, and nothing around the seal.
  if (number.ec != std::errc{} || *digits == '0' || number.ptr == line.data() + line.size() || *number.ptr != ',') return std::nullopt;
  const std::string_view tail = line.substr(line.size() - kSealSize);
  if (!tail.starts_with(kDigest) || !tail.ends_with(kEnd)) return std::nullopt;
  if (!from_hex(tail.substr(kDigest.size(), kHexSize), seal.digest)) return std::nullopt;
  seal.text = line.substr(0, line.size() - kSealSize);
  return seal;
}

std::optional<Fault> Verifier::check(std::string_view line) {
  const std::uint64_t expected = head_.sequence + 1;
  const auto seal = seal_of(line);
  if (!seal) {
    head_ = {expected, {}};
    return Fault{expected, "line has not the shape of a record"};
  }
  const Digest digest = linker_.link(head_.digest, seal->text);
  head_ = {seal->sequence, seal->digest};
  if (seal->sequence > expected) return Fault{expected, "record is missing"};
  if (seal->sequence < expected) return Fault{expected, "record is missing, an earlier one stands in its place"};
  if (digest != seal->digest) return Fault{expected, "record does not match its digest and the record before it"};
  return std::nullopt;
}

std::string encode_head(const ChainHead& head) {
  std::string text(kSequence);
  append_number(text, head.sequence);
  text.append(kDigest);
  text.append(to_hex(head.digest));
  text.append(kEnd);
  text.push_back('\n');
  return text;
}

std::optional<ChainHead> decode_head(std::string_view text) {
  if (!text.starts_with(kSequence)) return std::nullopt;
  ChainHead head;
  const auto number = std::from_chars(text.data() + kSequence.size(), text.data() + text.size(), head.sequence);
  if (number.ec != std::errc{}) return std::nullopt;
  const std::string_view rest = text.substr(static_cast<std::size_t>(number.ptr - text.data()));
  if (rest.size() != kSealSize + 1 || !from_hex(rest.substr(kDigest.size(), kHexSize), head.digest)) return std::nullopt;
  // Only what we would have written ourselves.
  if (encode_head(head) != text) return std::nullopt;
  return head;
}

}  // namespace sluice::audit
