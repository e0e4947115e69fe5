// What happens to requests, as server-sent events: told while it happens, to those who may see the request.
#include <charconv>
#include <nlohmann/json.hpp>

#include "admin/approval_json.h"
#include "admin/authenticate.h"
#include "admin/endpoints.h"
#include "admin/http_status.h"
#include "admin/rfc3339.h"
#include "approvals/approval_query.h"

namespace sluice::admin {

namespace {
constexpr std::chrono::seconds kHeartbeat{15};
constexpr std::chrono::hours kLongest{1};  // then the reader comes again, with Last-Event-ID
constexpr std::size_t kBatch = 100;

using Event = std::shared_ptr<const FeedEvent>;

// One reader's place among the streams; frees it at the end, whatever the end is.
class Seat {
 public:
  Seat(std::shared_ptr<ApiState> state, IdentityId who) : state_(std::move(state)), who_(std::move(who)) {
    ++state_->streams;
    ++state_->streams_of[who_];
  }
  ~Seat() {
    --state_->streams;
    if (--state_->streams_of[who_] == 0) state_->streams_of.erase(who_);
  }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

 private:
  std::shared_ptr<ApiState> state_;
  IdentityId who_;
};

struct Stream {
  Backend& backend;
  std::shared_ptr<ApiState> state;
  net::HttpRequest request;  ///< its token is looked at again and again
  std::uint64_t position = 0;
  Seat seat;
};

net::awaitable<Result<Event>> event_of(Stream& stream, store::ApprovalChange change) {
  auto& feed = stream.state->feed;
  if (const auto known = feed.find(change.number); known != feed.end()) co_return known->second;
  Result<approvals::ApprovalRequest> request = co_await stream.backend.desk.get(change.request);
  if (!request.ok()) co_return std::move(request).error();
  Event event = std::make_shared<const FeedEvent>(FeedEvent{std::move(change), std::move(*request)});
  feed.emplace(event->change.number, event);
  if (feed.size() > ApiState::kFeedEvents) feed.erase(feed.begin());
  co_return event;
}

std::string frame_of(const FeedEvent& event) {
  nlohmann::ordered_json data{{"number", event.change.number},
                              {"kind", event.change.kind},
                              {"at", to_rfc3339(event.change.at)},
                              {"approval", approval_summary_json(event.request)}};
  // JSON has no line ends of its own, so the event's data is one line.
  return "id: " + std::to_string(event.change.number) + "\nevent: " + event.change.kind + "\ndata: " +
         data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n\n";
}

// What is new for the caller, as text; nullopt: the stream is to end.
net::awaitable<std::optional<std::string>> next_frames(Stream& stream, bool& more) {
  const Result<auth::Identity> caller = authenticate(stream.request, *stream.backend.board.config());
  if (!caller.ok()) co_return std::nullopt;  // no longer welcome
  auto changes = co_await stream.backend.channels.changes_after(stream.position, kBatch);
  if (!changes.ok()) co_return std::nullopt;
  more = changes->size() == kBatch;
  std::string frames;
  if (changes->empty()) co_return frames;
  const Result<approvals::Viewer> viewer = co_await stream.backend.desk.viewer(*caller);
  if (!viewer.ok()) co_return std::nullopt;
  for (store::ApprovalChange& change : *changes) {
    stream.position = change.number;
    Result<Event> event = co_await event_of(stream, std::move(change));
    if (!event.ok() && event.error().kind == ErrorKind::not_found) continue;
    if (!event.ok()) co_return std::nullopt;
    if (approvals::may_see((*event)->request, *viewer)) frames += frame_of(**event);
  }
  co_return frames;
}

net::awaitable<void> tell(std::shared_ptr<Stream> stream, net::HttpBodyWriter& reader) {
  const auto end = std::chrono::steady_clock::now() + kLongest;
  std::string frames = "retry: 3000\n\n";
  for (;;) {
    if (!frames.empty() && !(co_await reader.write(frames)).ok()) co_return;
    bool more = false;
    std::optional<std::string> next = co_await next_frames(*stream, more);
    if (!next || reader.gone()) co_return;
    frames = std::move(*next);
    if (!frames.empty() || more) continue;
    const auto now = std::chrono::steady_clock::now();
    if (now >= end) co_return;
    const auto heartbeat = now + kHeartbeat;
    co_await stream->backend.channels.wait_for_change(stream->position, heartbeat);
    if (reader.gone()) co_return;
    if (std::chrono::steady_clock::now() >= heartbeat) frames = ": heartbeat\n\n";
  }
}

Result<std::optional<std::uint64_t>> last_seen(const Call& call, const std::map<std::string, std::string>& query) {
  const std::string* header = call.request.field("last-event-id");
  const auto after = query.find("after");
  if (header == nullptr && after == query.end()) return std::optional<std::uint64_t>();
  const std::string& text = header != nullptr ? *header : after->second;
  std::uint64_t number = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stopped != text.data() + text.size()) {
    return make_error(ErrorKind::bad_request, "Last-Event-ID must be the id of an event");
  }
  return std::optional(number);
}
}  // namespace

Answer stream_approvals(Call call) {
  SLUICE_CO_TRY(query, query_of(call, {"after"}));
  SLUICE_CO_TRY(seen, last_seen(call, query));
  Result<std::uint64_t> last = co_await call.backend.channels.last_change();
  if (!last.ok()) co_return std::move(last).error();
  const auto own = call.state->streams_of.find(call.caller.id);
  if (call.state->streams >= ApiState::kMaxStreams || (own != call.state->streams_of.end() && own->second >= ApiState::kMaxStreamsOfOne)) {
    co_return make_error(ErrorKind::budget_exceeded, "too many event streams", "Close one of yours, or ask again from time to time.");
  }
  const std::uint64_t position = seen ? std::min(*seen, *last) : *last;
  std::shared_ptr<Stream> stream(new Stream{call.backend, call.state, std::move(call.request), position, Seat(call.state, call.caller.id)});
  net::HttpResponse response;
  response.content_type = "text/event-stream";
  response.fields.emplace_back("x-accel-buffering", "no");
  response.stream = [stream](net::HttpBodyWriter& reader) { return tell(stream, reader); };
  co_return response;
}

}  // namespace sluice::admin
