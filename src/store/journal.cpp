#include "store/journal.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

namespace sluice::store {
namespace {

constexpr char kMagic[8] = {'S', 'L', 'U', 'I', 'C', 'E', 'J', '1'};
constexpr std::size_t kPage = 4096;
constexpr std::size_t kIdSize = Journal::kIdSize;

struct RecordHeader {
  std::uint64_t number;
  std::uint64_t check;  ///< of number, size and bytes
  std::uint64_t size;
};

Error failure(const std::string& what, const std::string& path) {
  return make_error(ErrorKind::audit_unavailable, what + " \"" + path + "\": " + std::generic_category().message(errno));
}

/// Recognises a record that was torn by a loss of power. No defence against forgery: that is the chain's.
std::uint64_t check_of(std::uint64_t number, std::string_view bytes) noexcept {
  constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15;
  std::uint64_t check = (number + 1) * kFactor ^ bytes.size();
  while (bytes.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    check = (check ^ word) * kFactor;
    check ^= check >> 29;
    bytes.remove_prefix(8);
  }
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data(), bytes.size());
  check = (check ^ word) * kFactor;
  return check ^ check >> 32;
}

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

/// The first page of the file. Head and tail count bytes since the journal began and never go back.
struct Journal::Header {
  char magic[8];
  std::uint64_t capacity;
  char id[kIdSize];
  alignas(64) std::atomic<std::uint64_t> head;  ///< everything before it is whole
  alignas(64) std::atomic<std::uint64_t> tail;  ///< everything before it is in the log
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

std::size_t Journal::footprint(std::size_t size) noexcept { return (sizeof(RecordHeader) + size + 7) & ~std::size_t{7}; }

Result<std::unique_ptr<Journal>> Journal::create(const std::string& path, const std::string& id, std::size_t capacity) {
  if (id.size() != kIdSize || capacity == 0 || capacity % kPage != 0) return make_error(ErrorKind::internal, "bad journal geometry");
  // Under another name until its header is written: what has the right name is whole.
  const std::string draft = path + ".new";
  const File file(::open(draft.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.get() < 0) return failure("could not create journal", draft);
  if (const int code = ::posix_fallocate(file.get(), 0, static_cast<off_t>(kPage + capacity)); code != 0) {
    ::unlink(draft.c_str());
    errno = code;
    return failure("could not allocate journal", draft);
  }
  std::unique_ptr<Journal> journal(new Journal);
  journal->path_ = path;
  journal->id_ = id;
  SLUICE_CHECK(journal->map(file.get(), capacity));
  Header& header = *journal->header_;
  header.capacity = capacity;
  std::memcpy(header.id, id.data(), kIdSize);
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  if (::rename(draft.c_str(), path.c_str()) != 0) return failure("could not create journal", path);
  return journal;
}

Result<std::unique_ptr<Journal>> Journal::open(const std::string& path) {
  const File file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (file.get() < 0) return failure("could not open journal", path);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failure("could not read journal", path);
  const auto size = static_cast<std::size_t>(status.st_size);
  const Error damage = make_error(ErrorKind::audit_unavailable, "journal \"" + path + "\" is damaged");
  if (size <= kPage || size % kPage != 0) return damage;
  std::unique_ptr<Journal> journal(new Journal);
  journal->path_ = path;
  SLUICE_CHECK(journal->map(file.get(), size - kPage));
  const Header& header = *journal->header_;
  const std::uint64_t head = header.head.load(std::memory_order_acquire);
  const std::uint64_t tail = header.tail.load(std::memory_order_acquire);
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0 || header.capacity != size - kPage || tail > head ||
      head - tail > header.capacity || head % 8 != 0 || tail % 8 != 0) {
    return damage;
  }
  journal->id_.assign(header.id, kIdSize);
  journal->read_ = tail;
  journal->head_ = head;
  return journal;
}

Status Journal::map(int file, std::size_t capacity) {
  // Reserve the address range first, then lay header, ring and ring again into it.
  void* range = ::mmap(nullptr, kPage + 2 * capacity, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range == MAP_FAILED) return failure("could not map journal", path_);
  capacity_ = capacity;
  header_ = static_cast<Header*>(range);
  ring_ = static_cast<char*>(range) + kPage;
  constexpr int kAccess = PROT_READ | PROT_WRITE;
  if (::mmap(range, kPage + capacity, kAccess, MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED ||
      ::mmap(ring_ + capacity, capacity, kAccess, MAP_SHARED | MAP_FIXED, file, static_cast<off_t>(kPage)) == MAP_FAILED) {
    return failure("could not map journal", path_);
  }
  return Done{};
}

Journal::~Journal() {
  if (header_ != nullptr) ::munmap(header_, kPage + 2 * capacity_);
}

std::uint64_t Journal::append(std::string_view record, std::size_t spare) noexcept {
  const std::size_t size = footprint(record.size());
  if (size > capacity_ / 2) return 0;
  if (head_ + size + spare > tail_seen_ + capacity_) {
    tail_seen_ = header_->tail.load(std::memory_order_acquire);
    if (head_ + size + spare > tail_seen_ + capacity_) return 0;
  }
  char* place = ring_ + head_ % capacity_;
  const RecordHeader header{number_ + 1, check_of(number_ + 1, record), record.size()};
  std::memcpy(place, &header, sizeof header);
  std::memcpy(place + sizeof header, record.data(), record.size());
  head_ += size;
  ++number_;
  // Whoever sees the new head, this process or one that recovers after its death, sees the record whole.
  header_->head.store(head_, std::memory_order_release);
  return number_;
}

std::size_t Journal::free_bytes() noexcept {
  tail_seen_ = header_->tail.load(std::memory_order_acquire);
  return static_cast<std::size_t>(tail_seen_ + capacity_ - head_);
}

std::size_t Journal::used_bytes() const noexcept {
  const std::uint64_t tail = header_->tail.load(std::memory_order_acquire);  // first: the head never falls behind it
  return static_cast<std::size_t>(header_->head.load(std::memory_order_acquire) - tail);
}

bool Journal::next(Entry& entry) noexcept {
  const std::uint64_t head = header_->head.load(std::memory_order_acquire);
  if (read_ == head || damaged_) return false;
  const char* place = ring_ + read_ % capacity_;
  const std::uint64_t left = head - read_;
  RecordHeader header{};
  if (left >= sizeof header) std::memcpy(&header, place, sizeof header);
  if (left < sizeof header || header.size > capacity_ || footprint(header.size) > left) {
    damaged_ = true;
    return false;
  }
  entry = {header.number, std::string_view(place + sizeof header, header.size)};
  if (header.check != check_of(entry.number, entry.record)) {
    damaged_ = true;
    return false;
  }
  read_ += footprint(header.size);
  return true;
}

std::size_t Journal::unread_bytes() const noexcept {
  return static_cast<std::size_t>(header_->head.load(std::memory_order_acquire) - read_);
}

void Journal::release() noexcept { header_->tail.store(read_, std::memory_order_release); }

void Journal::rewind() noexcept { read_ = header_->tail.load(std::memory_order_relaxed); }

void Journal::remove() noexcept { ::unlink(path_.c_str()); }

}  // namespace sluice::store
