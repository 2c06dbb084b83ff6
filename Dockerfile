# liaison in a container: `docker compose up` starts a whole site of it (compose.yaml; docs/admin.md says more).
# Python and the client programs of PostgreSQL come from one Debian release, whose PostgreSQL is the one in compose.yaml:
# a backup made by newer programs than its server could not be restored there.
FROM python:3.13-slim-trixie AS build
RUN pip install --no-cache-dir --root-user-action=ignore "uv>=0.9"
ENV UV_PROJECT_ENVIRONMENT=/opt/liaison UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy
WORKDIR /src
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --frozen --no-dev --extra postgres --no-install-project
COPY liaison ./liaison
COPY templates ./templates
COPY migrations ./migrations
COPY static ./static
COPY locale ./locale
RUN uv sync --frozen --no-dev --extra postgres --no-editable \
 && /opt/liaison/bin/python -m compileall -q /opt/liaison/lib \
 && /opt/liaison/bin/liaison --version

FROM python:3.13-slim-trixie
RUN apt-get update \
 && apt-get install -y --no-install-recommends postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && pg_dump --version | grep -q ' 17\.' \
 && useradd --system --uid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin liaison \
 && install -d -m 0700 -o liaison -g liaison /data
COPY --from=build /opt/liaison /opt/liaison
ENV PATH=/opt/liaison/bin:$PATH PYTHONUNBUFFERED=1 LIAISON_DATA_DIR=/data LIAISON_LOG_FORMAT=json
USER liaison
WORKDIR /data
VOLUME /data
EXPOSE 8000
# Of a web process; compose.yaml switches it off for workers, which /readyz watches.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["liaison"]
CMD ["serve", "--host", "0.0.0.0"]
