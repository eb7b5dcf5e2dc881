#include "tools/emulator/emulator.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/emulator/admin.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/native_api.h"
#include "tools/emulator/server.h"

namespace annofs::emulator {
namespace {

Reply HangUp() {
  Reply reply;
  reply.hang_up = true;
  return reply;
}

Reply TooManyRequests() {
  Reply reply = ErrorReply(429, UsualCode(429), "too many requests");
  reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

Reply FaultReply(const FaultEffect& effect) {
  Reply reply = ErrorReply(effect.status, effect.code, effect.message);
  if (effect.retry_after > 0) {
    reply.headers.emplace_back("Retry-After", absl::StrCat(effect.retry_after));
  }
  return reply;
}

// JSON is small; a file's content may be as large as what the store takes in one piece.
uint64_t BodyLimit(absl::string_view method, absl::string_view target) {
  constexpr uint64_t kJson = 1 << 20;
  constexpr uint64_t kContent = 1 << 30;
  bool upload = absl::StrContains(target, "/b2_upload_file/") ||
                absl::StrContains(target, "/b2_upload_part/") || method == "PUT";
  return upload ? kContent : kJson;
}

class Service : public Emulator {
 public:
  Service(const EmulatorOptions& options, int port)
      : latency_(options.latency),
        url_(absl::StrCat("http://127.0.0.1:", port)),
        account_(options.key),
        rate_(options.rate),
        admin_(traffic_, faults_, gate_) {}

  // The server's destructor waits for handlers, so nothing may hold them any more.
  ~Service() override {
    gate_.Stop();
    server_.reset();
  }

  absl::Status Start(const EmulatorOptions& options, UniqueFd socket) {
    ASSIGN_OR_RETURN(store_, ObjectStore::Open(options.buckets, account_.id()));
    native_.emplace(
        ApiContext{.account = account_, .store = *store_, .clock = clock_, .url = url_});
    ASSIGN_OR_RETURN(server_, NewHttpServer(std::move(socket), &BodyLimit,
                                            [this](Request request) { return Serve(request); }));
    return absl::OkStatus();
  }

  const std::string& url() const override { return url_; }

  std::string Announcement() const override {
    JsonWriter json;
    json.BeginObject().Key("url").String(url_).Key("admin").String(absl::StrCat(url_, kAdminPath));
    json.Key("keyId").String(account_.first_key().id);
    json.Key("applicationKey").String(account_.first_key().secret);
    json.Key("region").String(kRegion).EndObject();
    return json.Take();
  }

 private:
  const absl::Duration latency_;
  const std::string url_;
  EmulatorClock clock_;
  Account account_;
  RateLimit rate_;
  Gate gate_;
  Faults faults_;
  Traffic traffic_;
  Admin admin_;
  std::unique_ptr<ObjectStore> store_;
  std::optional<NativeApi> native_;
  std::unique_ptr<HttpServer> server_;  // last: its threads use all the others

  Reply Serve(Request& request) {
    Route route = RouteOf(request.target);
    if (route.api == Api::kAdmin) return admin_.Answer(route, request);
    Arrival arrival = traffic_.Arrive(NativeApi::CounterName(route));
    Reply reply = Shape(route, request);
    traffic_.Answer(arrival, request, reply);
    return reply;
  }

  // The API's answer, as rate, latency and faults let it pass.
  Reply Shape(const Route& route, Request& request) {
    if (!rate_.Admit(absl::Now())) return TooManyRequests();
    Gate::Ticket ticket = gate_.TakeTicket();  // before the fault: a clearing in between releases
    FaultEffect effect = TakeFault(route, request);
    absl::Duration delay = latency_ + effect.delay;
    if (delay > absl::ZeroDuration() && gate_.Delay(delay) == WaitResult::kGiveUp) return HangUp();
    if (effect.stall && gate_.Stall(ticket, request.socket) == WaitResult::kGiveUp) return HangUp();
    if (effect.reset) return HangUp();
    Reply reply = effect.status == 0 ? native_->Answer(route, request) : FaultReply(effect);
    reply.cut_after = effect.cut_after;
    return reply;
  }

  FaultEffect TakeFault(const Route& route, const Request& request) {
    if (faults_.empty()) return {};
    std::string name = native_->SubjectOf(route, request);
    return faults_
        .Take({.operation = NativeApi::CounterName(route),
               .target = request.target.raw,
               .name = name})
        .value_or(FaultEffect());
  }
};

}  // namespace

absl::StatusOr<std::unique_ptr<Emulator>> StartEmulator(const EmulatorOptions& options) {
  ASSIGN_OR_RETURN(Listening listening, ListenOnLoopback(options.port));
  auto service = std::make_unique<Service>(options, listening.port);
  RETURN_IF_ERROR(service->Start(options, std::move(listening.socket)));
  return service;
}

}  // namespace annofs::emulator
