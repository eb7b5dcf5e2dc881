"""What all client scripts share: the emulator under test, a plain native client as witness, and the scenario.

A script describes its client as a class with the methods that the client has (see Client) and calls scenario(). The scenario asks
the client for one thing after another and looks at the result from the other side: with the witness, which reads and writes through
the native API with nothing but HTTP. Every check is one line on standard output, PASS, FAIL or SKIP, its name and the reason.
Scripts are started by ../run, which gives them INTEROP_*; they are alone with their emulator and end when its time is over.
"""
import datetime, hashlib, hmac, http.client, json, os, subprocess, sys, time, traceback, urllib.parse

URL = os.environ['INTEROP_URL']
ADMIN = os.environ['INTEROP_ADMIN']
KEY_ID = os.environ['INTEROP_KEY_ID']
KEY = os.environ['INTEROP_KEY']
REGION = os.environ['INTEROP_REGION']
WORK = os.environ['INTEROP_WORK']  # empty at the start, HOME too
PROGRAM = os.environ['INTEROP_PROGRAM']
SOURCE = os.environ['INTEROP_SOURCE']  # of the client's own tests
COMMAND_SECONDS = 120

SMALL = b'hello, bucket\n'
LARGE = bytes(range(256)) * (12 * 4096) + b'tail'  # 12 MiB: three parts of 5 MB
NASTY = ['with space.txt', ' leading and trailing ', 'plus+sign.txt', 'a%20b.txt', '100%.txt', '%2B+%2b', 'hash#tag.txt', "it's.txt", 'say "x".txt',
         'a&b=c?d.txt', 'a;b,c@d:e!$.txt', '[x]{y}^`|~.txt', 'back\\slash.txt', 'grün-自由-𐐀.txt', 'deep er/dir+1/f#.txt', 'star*.txt', '(1)<2>.txt', '-dash', 'é.txt', 'e\u0301.txt']
PAGES = ['pages/%04d' % n for n in range(1203)]  # more than one page of 1,000


class Failed(Exception):
    """The client did something else than it should."""


class Skip(Exception):
    """The client cannot do this; the reason is about the client, never about the emulator."""


def command(*arguments, ok=True, **more):
    """Runs a program in WORK; returns its output as bytes. Its failure is Failed, unless not ok: then success is."""
    done = subprocess.run(arguments, cwd=WORK, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=COMMAND_SECONDS, **more)
    if (done.returncode == 0) != ok:
        said = (done.stderr + done.stdout).decode(errors='replace').strip().replace('\n', ' | ')
        shown = ' '.join(a for a in arguments if KEY not in a)
        raise Failed('%s: exit %d: %s' % (shown, done.returncode, said[-600:]))
    return done.stdout


def administer(path, **settings):
    status, _, body = exchange('POST', urllib.parse.urlsplit(ADMIN).path + path, json.dumps(settings).encode())
    if status not in (200, 204):
        raise Failed('%s: %d %r' % (path, status, body))


def equal(what, got, wanted):
    if got != wanted:
        show = lambda value: '%d bytes, sha1 %s' % (len(value), hashlib.sha1(value).hexdigest()) if isinstance(value, bytes) and len(value) > 200 else repr(value)
        if isinstance(got, list) and isinstance(wanted, list):
            missing, extra = [x for x in wanted if x not in got], [x for x in got if x not in wanted]
            raise Failed('%s: %d of %d; missing %r; extra %r' % (what, len(got), len(wanted), missing[:5], extra[:5]))
        raise Failed('%s: got %s, wanted %s' % (what, show(got)[:500], show(wanted)[:500]))


def write(name, data, mtime=None):
    """A file below WORK, for the client to send."""
    path = os.path.join(WORK, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as file:
        file.write(data)
    if mtime is not None:
        os.utime(path, (mtime, mtime))
    return path


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def tree(directory):
    """What is below a directory: relative path to content."""
    found = {}
    for place, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(place, name)
            found[os.path.relpath(path, directory)] = read(path)
    return found


def fetch(url):
    """A plain GET without any key, as a browser does with a presigned URL."""
    parts = urllib.parse.urlsplit(url)
    status, _, data = exchange('GET', parts.path.replace(' ', '%20') + ('?' + parts.query if parts.query else ''))
    if status != 200:
        raise Failed('GET of the presigned URL: status %d: %s' % (status, data[:300]))
    return data


def s3_get(bucket, name):
    """An object's content through the S3 API, signed here."""
    target = '/%s/%s' % (bucket, urllib.parse.quote(name, safe='/-_.~'))
    stamp, nothing = datetime.datetime.now(datetime.timezone.utc).strftime('%Y%m%dT%H%M%SZ'), hashlib.sha256(b'').hexdigest()
    scope = '%s/%s/s3/aws4_request' % (stamp[:8], REGION)
    canonical = 'GET\n%s\n\nhost:%s\nx-amz-content-sha256:%s\nx-amz-date:%s\n\nhost;x-amz-content-sha256;x-amz-date\n%s' % (
        target, urllib.parse.urlsplit(URL).netloc, nothing, stamp, nothing)
    signing = ('AWS4' + KEY).encode()
    for word in scope.split('/') + ['\n'.join(['AWS4-HMAC-SHA256', stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])]:
        signing = hmac.digest(signing, word.encode(), 'sha256')
    authorization = 'AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=%s' % (KEY_ID, scope, signing.hex())
    status, _, data = exchange('GET', target, headers={'Authorization': authorization, 'x-amz-date': stamp, 'x-amz-content-sha256': nothing})
    if status != 200:
        raise Failed('S3 GET of %r: %d %r' % (name, status, data[:300]))
    return data


def exchange(method, target, body=None, headers={}):
    parts = urllib.parse.urlsplit(URL)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=COMMAND_SECONDS)
    try:
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


class Witness:
    """The native API with nothing between: what is really in the bucket."""

    def __init__(self, key_id=KEY_ID, key=KEY):
        import base64
        basic = base64.b64encode(('%s:%s' % (key_id, key)).encode()).decode()
        status, _, body = exchange('POST', '/b2api/v2/b2_authorize_account', b'{}', {'Authorization': 'Basic ' + basic})
        if status != 200:
            raise Failed('b2_authorize_account: %d %r' % (status, body))
        self.account = json.loads(body)
        self.uploads = {}

    def call(self, operation, **arguments):
        status, _, body = exchange('POST', '/b2api/v2/' + operation, json.dumps(arguments).encode(), {'Authorization': self.account['authorizationToken']})
        if status != 200:
            raise Failed('%s: %d %s' % (operation, status, body.decode(errors='replace')[:300]))
        return json.loads(body)

    def create_bucket(self, bucket):
        return self.call('b2_create_bucket', accountId=self.account['accountId'], bucketName=bucket, bucketType='allPrivate')['bucketId']

    def bucket_id(self, bucket):
        found = self.call('b2_list_buckets', accountId=self.account['accountId'], bucketName=bucket)['buckets']
        if not found:
            raise Failed('no bucket ' + bucket)
        return found[0]['bucketId']

    def put(self, bucket, name, data, info={}):
        if bucket not in self.uploads:
            self.uploads[bucket] = self.call('b2_get_upload_url', bucketId=self.bucket_id(bucket))
        place = self.uploads[bucket]
        time.sleep(0.002)  # no two versions of a name in one millisecond: over a network there are none, and rclone tells them by it
        headers = {'Authorization': place['authorizationToken'], 'X-Bz-File-Name': urllib.parse.quote(name), 'Content-Type': 'b2/x-auto',
                   'X-Bz-Content-Sha1': hashlib.sha1(data).hexdigest()}
        headers.update({'X-Bz-Info-' + k: urllib.parse.quote(v) for k, v in info.items()})
        status, _, body = exchange('POST', urllib.parse.urlsplit(place['uploadUrl']).path, data, headers)
        if status != 200:
            raise Failed('upload of %r: %d %r' % (name, status, body[:300]))
        return json.loads(body)

    def get(self, bucket, name):
        target = '/file/%s/%s' % (bucket, urllib.parse.quote(name))
        status, _, body = exchange('GET', target, headers={'Authorization': self.account['authorizationToken']})
        if status != 200:
            raise Failed('native download of %r: %d %r' % (name, status, body[:300]))
        return body

    def names(self, bucket, prefix=''):
        return [f['fileName'] for f in self.call('b2_list_file_names', bucketId=self.bucket_id(bucket), prefix=prefix, maxFileCount=10000)['files']]

    def versions(self, bucket, name):
        """All versions of one name, newest first."""
        found = self.call('b2_list_file_versions', bucketId=self.bucket_id(bucket), prefix=name, maxFileCount=10000)['files']
        return [f for f in found if f['fileName'] == name]

    def reading_key(self, bucket, prefix):
        made = self.call('b2_create_key', accountId=self.account['accountId'], keyName='reader', bucketId=self.bucket_id(bucket), namePrefix=prefix,
                         capabilities=['listBuckets', 'listFiles', 'readFiles'])
        return made['applicationKeyId'], made['applicationKey']


class Client:
    """One client. Of a method that it lacks, `cannot` says why: the checks that need it are skipped for that reason."""
    cannot = {}
    unspeakable = ()  # those of NASTY that the client cannot say
    large = LARGE     # what it sends in parts
    extra_versions = False  # one write makes more than one version
    lists_by_start = False  # listings go by start name and not by prefix, which a key with a prefix is refused
    link_name = 'signed url+.txt'

    def start(self, bucket): pass  # the bucket is there now

    def make_bucket(self, bucket): raise NotImplementedError
    def put(self, bucket, name, path): raise NotImplementedError
    def get(self, bucket, name): raise NotImplementedError
    def get_range(self, bucket, name, first, last): raise NotImplementedError
    def names(self, bucket, prefix): raise NotImplementedError          # all below it, sorted by bytes
    def children(self, bucket, prefix): raise NotImplementedError       # one level; directories with a '/' at the end
    def put_metadata(self, bucket, name, path, metadata): raise NotImplementedError
    def metadata(self, bucket, name): raise NotImplementedError
    def mtime(self, bucket, name): raise NotImplementedError            # seconds; of a file that put() sent
    def versions(self, bucket, name): raise NotImplementedError         # their sizes, newest first
    def delete(self, bucket, name): raise NotImplementedError
    def delete_old_version(self, bucket, name, version): raise NotImplementedError
    def delete_newest_version(self, bucket, name, version): raise NotImplementedError
    def copy(self, bucket, source, name): raise NotImplementedError
    def presign(self, bucket, name): raise NotImplementedError
    def sync_up(self, directory, bucket, prefix): raise NotImplementedError
    def sync_down(self, bucket, prefix, directory): raise NotImplementedError
    def check(self, directory, bucket, prefix): raise NotImplementedError  # Failed where they differ
    def with_key(self, key_id, key, bucket): raise NotImplementedError  # another Client


class Scenario:
    def __init__(self, client, bucket):
        self.client, self.bucket = client, bucket
        self.witness = Witness()

    def put(self, name, data, mtime=None):
        self.client.put(self.bucket, name, write('up/file', data, mtime))

    def round_trip(self, name, data):
        self.put(name, data)
        equal('what the native API has under %r' % name, self.witness.get(self.bucket, name), data)
        equal('what the client reads from %r' % name, self.client.get(self.bucket, name), data)

    def makes_a_bucket(self):
        self.client.make_bucket(self.bucket)
        self.witness.bucket_id(self.bucket)

    def small_file(self): self.round_trip('small.txt', SMALL)
    def empty_file(self): self.round_trip('empty', b'')

    def nasty_names(self):
        wanted = [name for name in NASTY if name not in self.client.unspeakable]
        for name in wanted:
            self.round_trip('nasty/' + name, name.encode())
        wanted = sorted(('nasty/' + name for name in wanted), key=str.encode)
        equal('names in the bucket', [n for n in self.witness.names(self.bucket, 'nasty/') if not n.endswith('/')], wanted)
        equal('names that the client lists', self.client.names(self.bucket, 'nasty/'), wanted)

    def large_file_in_parts(self):
        self.round_trip('large.bin', self.client.large)
        digests = [v['contentSha1'] for v in self.witness.versions(self.bucket, 'large.bin')]
        if 'none' not in digests if self.client.extra_versions else digests != ['none']:
            raise Failed('a large file came in one part: sha1 %r' % digests)

    def both_apis_have_it(self):
        names = self.witness.names(self.bucket)
        if len(names) < len(NASTY) / 2:
            raise Failed('the client wrote %d files' % len(names))
        for name in names:
            equal('what the S3 API has under %r' % name, s3_get(self.bucket, name), self.witness.get(self.bucket, name))

    def range_of_a_file(self):
        self.witness.put(self.bucket, 'range.bin', LARGE[:100000])
        equal('bytes 5 to 70000', self.client.get_range(self.bucket, 'range.bin', 5, 70000), LARGE[5:70001])

    def listing_of_two_pages(self):
        for name in PAGES:
            self.witness.put(self.bucket, name, b'')
        equal('names', self.client.names(self.bucket, 'pages/'), PAGES)

    def listing_with_delimiter(self):
        for name in ('tree/a.txt', 'tree/b/1', 'tree/b/2', 'tree/b c/1', 'tree/d/e/1', 'treetop'):
            self.witness.put(self.bucket, name, SMALL)
        equal('children', sorted(self.client.children(self.bucket, 'tree/')), ['a.txt', 'b c/', 'b/', 'd/'])

    def metadata(self):
        wanted = {'colour': 'blue', 'shape': 'a-box_1'}
        self.client.put_metadata(self.bucket, 'meta.txt', write('up/meta', SMALL), wanted)
        info = self.witness.versions(self.bucket, 'meta.txt')[0]['fileInfo']
        equal('fileInfo', {k: info.get(k) for k in wanted}, wanted)
        got = self.client.metadata(self.bucket, 'meta.txt')
        equal('metadata', {k: got.get(k) for k in wanted}, wanted)

    def modification_time(self):
        self.put('mtime.txt', SMALL, mtime=1234567890)
        equal('mtime', int(self.client.mtime(self.bucket, 'mtime.txt')), 1234567890)

    def overwriting_makes_a_version(self):
        self.put('twice.txt', b'first')
        self.put('twice.txt', b'second')
        equal('content', self.client.get(self.bucket, 'twice.txt'), b'second')
        sizes = [v['contentLength'] for v in self.witness.versions(self.bucket, 'twice.txt')]
        equal('versions', sorted(set(sizes) - {0}, reverse=True) if self.client.extra_versions else sizes, [6, 5])

    def listing_of_versions(self):
        for data in (b'1', b'22', b'333'):
            self.witness.put(self.bucket, 'versions.txt', data)
        equal('versions', self.client.versions(self.bucket, 'versions.txt'), [3, 2, 1])

    def deleting(self):
        self.witness.put(self.bucket, 'deleted.txt', SMALL)
        self.client.delete(self.bucket, 'deleted.txt')
        equal('names', self.witness.names(self.bucket, 'deleted.txt'), [])
        equal('what is left', [v['action'] for v in self.witness.versions(self.bucket, 'deleted.txt')], ['hide', 'upload'])

    def deleting_an_old_version(self):
        old, new = [self.witness.put(self.bucket, 'old.txt', data)['fileId'] for data in (b'old', b'new')]
        self.client.delete_old_version(self.bucket, 'old.txt', old)
        equal('versions', [v['fileId'] for v in self.witness.versions(self.bucket, 'old.txt')], [new])

    def deleting_the_newest_version(self):
        old, new = [self.witness.put(self.bucket, 'newest.txt', data)['fileId'] for data in (b'old', b'new')]
        self.client.delete_newest_version(self.bucket, 'newest.txt', new)
        equal('versions', [v['fileId'] for v in self.witness.versions(self.bucket, 'newest.txt')], [old])
        equal('content', self.client.get(self.bucket, 'newest.txt'), b'old')

    def copying(self):
        self.witness.put(self.bucket, 'copy me+.txt', SMALL, {'colour': 'green'})
        self.client.copy(self.bucket, 'copy me+.txt', 'copied %.txt')
        equal('content', self.witness.get(self.bucket, 'copied %.txt'), SMALL)
        equal('metadata', self.witness.versions(self.bucket, 'copied %.txt')[0]['fileInfo'].get('colour'), 'green')

    def presigned_url(self):
        self.witness.put(self.bucket, self.client.link_name, SMALL)
        equal('content', fetch(self.client.presign(self.bucket, self.client.link_name)), SMALL)

    def synchronising(self):
        files = {'a.txt': b'a', 'b/c d.txt': b'cd', 'b/e/+%.txt': b'%', 'f.bin': LARGE[:300000]}
        for name, data in files.items():
            write('tree/' + name, data, mtime=1500000000)
        self.client.sync_up(WORK + '/tree', self.bucket, 'sync')
        equal('names', self.witness.names(self.bucket, 'sync/'), sorted('sync/' + n for n in files))
        self.client.sync_up(WORK + '/tree', self.bucket, 'sync')
        equal('versions after a second sync of the same', [len(self.witness.versions(self.bucket, 'sync/' + n)) for n in files], [1] * len(files))
        write('tree/a.txt', b'changed')
        self.client.sync_up(WORK + '/tree', self.bucket, 'sync')
        equal('versions of the changed file', [v['contentLength'] for v in self.witness.versions(self.bucket, 'sync/a.txt')], [7, 1])
        os.makedirs(WORK + '/back', exist_ok=True)
        self.client.sync_down(self.bucket, 'sync', WORK + '/back')
        equal('tree', tree(WORK + '/back'), tree(WORK + '/tree'))

    def checking(self):
        self.client.check(WORK + '/tree', self.bucket, 'sync')
        self.witness.put(self.bucket, 'sync/a.txt', b'CHANGED')
        try:
            self.client.check(WORK + '/tree', self.bucket, 'sync')
        except Failed:
            return
        raise Failed('a difference was not noticed')

    def reads_what_native_wrote(self):
        for name in ('cross/native +%.txt', 'cross/ü.txt'):
            self.witness.put(self.bucket, name, SMALL + name.encode(), {'colour': 'red'})
            equal(name, self.client.get(self.bucket, name), SMALL + name.encode())

    def a_busy_service(self):
        self.retried(status=503, code='service_unavailable', message='busy')

    def a_broken_connection(self):
        self.retried(reset=True)

    def retried(self, **fault):
        self.witness.put(self.bucket, 'fault.txt', SMALL)
        administer('/faults', match='fault.txt', count=1, **fault)
        try:
            equal('content', self.client.get(self.bucket, 'fault.txt'), SMALL)
        finally:
            administer('/faults/clear')

    def restricted_key(self):
        self.witness.put(self.bucket, 'mine/file.txt', SMALL)
        self.witness.put(self.bucket, 'other/file.txt', SMALL)
        reader = self.client.with_key(*self.witness.reading_key(self.bucket, 'mine/'), self.bucket)
        equal('content', reader.get(self.bucket, 'mine/file.txt'), SMALL)
        if self.client.lists_by_start:
            self.refused('list without a prefix', lambda: reader.names(self.bucket, 'mine/'))
        else:
            equal('names', reader.names(self.bucket, 'mine/'), ['mine/file.txt'])
        self.refused('read outside the prefix', lambda: reader.get(self.bucket, 'other/file.txt'))
        self.refused('write', lambda: reader.put(self.bucket, 'mine/new.txt', write('up/file', SMALL)))
        equal('names after all that', self.witness.names(self.bucket, 'mine/'), ['mine/file.txt'])

    def refused(self, what, action):
        try:
            action()
        except Failed:
            return
        raise Failed('a read-only key with a prefix could ' + what)


CHECKS = ['makes_a_bucket', 'small_file', 'empty_file', 'nasty_names', 'large_file_in_parts', 'both_apis_have_it', 'range_of_a_file', 'listing_of_two_pages', 'listing_with_delimiter',
          'metadata', 'modification_time', 'overwriting_makes_a_version', 'listing_of_versions', 'deleting', 'deleting_an_old_version', 'deleting_the_newest_version', 'copying', 'presigned_url',
          'synchronising', 'checking', 'reads_what_native_wrote', 'a_busy_service', 'a_broken_connection', 'restricted_key']


def tell(result, name, reason=''):
    print('%s\t%s\t%s' % (result, name, ' '.join(reason.split())), flush=True)


def scenario(client, bucket='interop-bucket'):
    """Runs every check against the client, in order; a check that fails does not stop the others."""
    script = Scenario(client, bucket)
    if 'make_bucket' in client.cannot:
        script.witness.create_bucket(bucket)
    client.start(bucket)
    for name in CHECKS:
        run(getattr(script, name), client.cannot)


def run(action, cannot={}):
    name = action.__name__
    try:
        action()
        tell('PASS', name)
    except NotImplementedError:
        method = traceback.extract_tb(sys.exc_info()[2])[-1].name
        if method in cannot:
            tell('SKIP', name, cannot[method])
        else:
            tell('FAIL', name, 'the script has no %s() and does not say why' % method)
    except Skip as reason:
        tell('SKIP', name, str(reason))
    except Exception as error:
        tell('FAIL', name, '%s%s' % ('' if isinstance(error, Failed) else type(error).__name__ + ': ', error))
        traceback.print_exc()


def check(action):
    """Decorates one more check of a script: it runs at once."""
    run(action)
    return action
